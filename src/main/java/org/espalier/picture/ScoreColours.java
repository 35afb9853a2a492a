package org.espalier.picture;

import java.util.Locale;

/**
 * The scores' colours: from sand for 0 to deep green-blue for 1. Lightness falls (on white: rises on black) steadily
 * with the score, in the perceptually uniform space OKLCH (Ottosson 2020), so the order is seen without telling the
 * hues apart, and a high score stands out on either background.
 */
final class ScoreColours {
    /** Scores are rounded to a 20th, each with a class in the style sheet. */
    static final int STEPS = 20;

    /** Lightness 0 to 1, chroma, hue in degrees. */
    private record Colour(double lightness, double chroma, double hue) {
        Colour towards(Colour other, double share) {
            return new Colour(
                    lightness + share * (other.lightness - lightness),
                    chroma + share * (other.chroma - chroma),
                    hue + share * (other.hue - hue));
        }
    }

    private static final Colour LOW_ON_WHITE = new Colour(0.93, 0.055, 85);
    private static final Colour HIGH_ON_WHITE = new Colour(0.43, 0.095, 205);
    private static final Colour LOW_ON_BLACK = new Colour(0.34, 0.045, 70);
    private static final Colour HIGH_ON_BLACK = new Colour(0.88, 0.12, 180);

    private ScoreColours() {}

    /** The class of a score; those below 0 and above 1 get the colours of the ends. */
    static int step(double score) {
        return (int) Math.round(STEPS * Math.max(0, Math.min(1, score)));
    }

    /** Rules for {@code .s0} to {@code .s20}, the areas, and {@code .i0} to {@code .i20}, the text on them. */
    static String rules(boolean dark) {
        StringBuilder rules = new StringBuilder();
        for (int i = 0; i <= STEPS; i++) {
            double share = (double) i / STEPS;
            double[] rgb = linearRgb(
                    dark ? LOW_ON_BLACK.towards(HIGH_ON_BLACK, share) : LOW_ON_WHITE.towards(HIGH_ON_WHITE, share));
            rules.append(String.format(Locale.ROOT, ".s%d{fill:%s}.i%d{fill:%s}", i, hex(rgb), i, ink(rgb)));
        }
        return rules.toString();
    }

    private static double[] linearRgb(Colour colour) {
        double a = colour.chroma * Math.cos(Math.toRadians(colour.hue));
        double b = colour.chroma * Math.sin(Math.toRadians(colour.hue));
        double l = Math.pow(colour.lightness + 0.3963377774 * a + 0.2158037573 * b, 3);
        double m = Math.pow(colour.lightness - 0.1055613458 * a - 0.0638541728 * b, 3);
        double s = Math.pow(colour.lightness - 0.0894841775 * a - 1.2914855480 * b, 3);
        return new double[] {
            4.0767416621 * l - 3.3077115913 * m + 0.2309699292 * s,
            -1.2684380046 * l + 2.6097574011 * m - 0.3413193965 * s,
            -0.0041960863 * l - 0.7034186147 * m + 1.7076147010 * s
        };
    }

    private static String hex(double[] rgb) {
        StringBuilder hex = new StringBuilder("#");
        for (double linear : rgb) {
            double in = Math.max(0, Math.min(1, linear));
            double encoded = in <= 0.0031308 ? 12.92 * in : 1.055 * Math.pow(in, 1 / 2.4) - 0.055;
            hex.append(String.format(Locale.ROOT, "%02x", Math.round(255 * encoded)));
        }
        return hex.toString();
    }

    /** White, or black where that has more contrast (WCAG 2.2's relative luminance). */
    private static String ink(double[] rgb) {
        double luminance = 0.2126 * rgb[0] + 0.7152 * rgb[1] + 0.0722 * rgb[2];
        return luminance < 0.19 ? "#ffffff" : "#14181d";
    }
}
