package org.espalier.search;

import org.espalier.model.Internal;

/**
 * Wilson's score interval (1927): where a share lies with a confidence of 95 %. It does not shrink to a point where the share
 * is 0 or 1.
 */
@Internal
public record Wilson(double low, double high) {
    /** Of the normal distribution, for 95 %. */
    private static final double Z = 1.959963984540054;

    /**
     * The interval of a share.
     *
     * @param share 0 to 1
     * @param count of what was seen, above 0; need not be whole
     */
    public static Wilson of(double share, double count) {
        double z2 = Z * Z;
        double middle = share + z2 / (2 * count);
        double half = Z * Math.sqrt(share * (1 - share) / count + z2 / (4.0 * count * count));
        double scale = 1 + z2 / count;
        return new Wilson(Math.max(0, (middle - half) / scale), Math.min(1, (middle + half) / scale));
    }
}
