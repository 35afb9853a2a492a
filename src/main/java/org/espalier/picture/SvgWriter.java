package org.espalier.picture;

import java.io.StringWriter;
import java.util.Locale;
import javax.xml.stream.XMLOutputFactory;
import javax.xml.stream.XMLStreamException;
import javax.xml.stream.XMLStreamWriter;

/** Elements of one SVG document. Any text is safe in it: what XML does not allow becomes U+FFFD. */
final class SvgWriter {
    private static final String NAMESPACE = "http://www.w3.org/2000/svg";

    private final StringWriter buffer = new StringWriter();
    private final XMLStreamWriter xml;

    SvgWriter(double width, double height) {
        try {
            xml = XMLOutputFactory.newDefaultFactory().createXMLStreamWriter(buffer);
            xml.writeStartElement("svg");
            xml.writeDefaultNamespace(NAMESPACE);
        } catch (XMLStreamException e) {
            throw new IllegalStateException(e);
        }
        attributes(
                "width",
                width,
                "height",
                height,
                "viewBox",
                "0 0 " + number(width) + " " + number(height),
                "role",
                "img",
                "font-family",
                TextBox.FONT);
    }

    /**
     * Begins an element that {@link #close} ends.
     *
     * @param attributes alternately name and value; a {@link Double} is a length in pixels
     */
    SvgWriter open(String name, Object... attributes) {
        try {
            xml.writeCharacters("\n");
            xml.writeStartElement(name);
        } catch (XMLStreamException e) {
            throw new IllegalStateException(e);
        }
        return attributes(attributes);
    }

    SvgWriter close() {
        try {
            xml.writeEndElement();
        } catch (XMLStreamException e) {
            throw new IllegalStateException(e);
        }
        return this;
    }

    SvgWriter text(String text) {
        try {
            xml.writeCharacters(clean(text));
        } catch (XMLStreamException e) {
            throw new IllegalStateException(e);
        }
        return this;
    }

    /** An element without content. */
    SvgWriter shape(String name, Object... attributes) {
        return open(name, attributes).close();
    }

    /** An element with nothing but text in it. */
    SvgWriter leaf(String name, String text, Object... attributes) {
        return open(name, attributes).text(text).close();
    }

    /** A line of text; y is its baseline. */
    SvgWriter line(double x, double y, String classes, String text) {
        return leaf("text", text, "x", x, "y", y, "class", classes);
    }

    /** The document; nothing may be written after it. */
    String finish() {
        try {
            xml.writeCharacters("\n");
            xml.writeEndDocument();
            xml.flush();
        } catch (XMLStreamException e) {
            throw new IllegalStateException(e);
        }
        return buffer + "\n";
    }

    private SvgWriter attributes(Object... attributes) {
        try {
            for (int i = 0; i < attributes.length; i += 2) {
                Object value = attributes[i + 1];
                xml.writeAttribute(
                        attributes[i].toString(),
                        value instanceof Double length ? number(length) : clean(value.toString()));
            }
        } catch (XMLStreamException e) {
            throw new IllegalStateException(e);
        }
        return this;
    }

    /** With at most one decimal. */
    static String number(double value) {
        String text = String.format(Locale.ROOT, "%.1f", value);
        return text.endsWith(".0") ? text.substring(0, text.length() - 2) : text;
    }

    private static String clean(String text) {
        StringBuilder clean = new StringBuilder(text.length());
        text.codePoints().map(point -> isAllowed(point) ? point : 0xFFFD).forEach(clean::appendCodePoint);
        return clean.toString();
    }

    /** XML 1.0's Char, less the control characters that it discourages. */
    private static boolean isAllowed(int point) {
        if (point == '\t' || point == '\n') {
            return true;
        }
        boolean surrogate = point >= Character.MIN_SURROGATE && point <= Character.MAX_SURROGATE;
        return !Character.isISOControl(point) && !surrogate && point != 0xFFFE && point != 0xFFFF;
    }
}
