package org.espalier.picture;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.StringReader;
import java.util.ArrayList;
import java.util.List;
import javax.xml.parsers.DocumentBuilderFactory;
import org.espalier.search.SearchNode.Fate;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.w3c.dom.Document;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;
import org.xml.sax.InputSource;

class TreePictureTest {
    private static Document parse(String svg) throws Exception {
        return DocumentBuilderFactory.newInstance().newDocumentBuilder().parse(new InputSource(new StringReader(svg)));
    }

    private static List<Element> elements(Document document, String name, String type) {
        NodeList all = document.getElementsByTagName(name);
        List<Element> chosen = new ArrayList<>();
        for (int i = 0; i < all.getLength(); i++) {
            Element element = (Element) all.item(i);
            if (List.of(element.getAttribute("class").split(" ")).contains(type)) {
                chosen.add(element);
            }
        }
        return chosen;
    }

    private static List<String> texts(Element card) {
        NodeList lines = card.getElementsByTagName("text");
        List<String> texts = new ArrayList<>();
        for (int i = 0; i < lines.getLength(); i++) {
            texts.add(lines.item(i).getTextContent());
        }
        return texts;
    }

    @Test
    void aLongPathTakesNoStack() {
        Trees tree = new Trees();
        int last = 0;
        for (int i = 0; i < 100_000; i++) {
            last = tree.add(last, "step", 0.5, Fate.KEPT);
        }
        assertThat(TreePicture.draw(tree.select(last))).endsWith("</svg>\n");
    }

    @Test
    void aSmallTree() throws Exception {
        Document document = parse(TreePicture.draw(Trees.small()));
        List<Element> cards = elements(document, "g", "node");
        assertThat(cards.stream().skip(1).map(TreePictureTest::texts))
                .containsExactly(
                        List.of("12 × 7 = 84", "0.97", "×2"),
                        List.of("12 × 7 = 82", "0.31"),
                        List.of("79", "2 of 3 votes", "0.96", "×2"),
                        List.of("77", "1 of 3 votes", "0.20"));
        assertThat(String.join(" ", texts(cards.get(0)))).isEqualTo(Trees.PROBLEM);
        assertThat(elements(document, "path", "edge")).hasSize(5);
        assertThat(elements(document, "path", "path"))
                .as("two edges and the legend's")
                .hasSize(3);
        assertThat(elements(document, "g", "faded"))
                .as("a step and the legend's")
                .hasSize(2);
        assertThat(elements(document, "rect", "win")).hasSize(1);
        assertThat(cards.get(1).getElementsByTagName("title").item(0).getTextContent())
                .isEqualTo("Step 1, kept (node 2)\nscore 0.970, 9 tokens\n2 equal steps: nodes 1 2\n\n"
                        + "## Step 1: Multiply: 12 * 7 = 84");
        assertThat(document.getDocumentElement().getTextContent())
                .contains("Answer 79", "2 of 3 completions agree, 75 % of the vote")
                .contains("dvts, n = 4  ·  1,234 policy tokens  ·  567 PRM tokens  ·  0.9 s");
    }

    @Test
    void nothingIsTakenFromElsewhere() {
        assertThat(TreePicture.draw(Trees.small()))
                .contains("prefers-color-scheme: dark")
                .doesNotContain("<script", "href", "url(", "@import", "<!DOCTYPE");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "</title><script>alert(1)</script>",
                "]]> & &amp; \"'<",
                "\u0000\u0001\u001b[31m\u0085\uFFFE\uFFFF",
                "\uD800 alone \uDC00",
                "$1 \\boxed{$2} \\frac{\\}{%s}",
                "👩‍👩‍👧 先乘以七",
                "   ",
                "",
            })
    void anyTextIsSafe(String nasty) throws Exception {
        Trees tree = new Trees();
        int step = tree.add(0, nasty, 0.5, Fate.KEPT);
        tree.add(0, nasty, Double.NaN, Fate.PRUNED);
        tree.add(step, nasty, -7, Fate.ABANDONED);
        Document document = parse(TreePicture.draw(tree.select(tree.add(step, nasty, 1, Fate.COMPLETED))));
        assertThat(elements(document, "g", "node")).hasSize(5);
        assertThat(document.getElementsByTagName("script").getLength()).isZero();
    }

    @Test
    void aTreeWithoutItsRunIsDrawnAsWell() throws Exception {
        Trees tree = new Trees();
        tree.add(0, "It is \\boxed{7}", 0.5, Fate.COMPLETED);
        Document document = parse(TreePicture.draw(tree.withoutRun()));
        assertThat(texts(elements(document, "g", "node").get(1))).containsExactly("It is 7", "0.50");
    }

    @Test
    void aRootAloneIsATree() throws Exception {
        assertThat(elements(parse(TreePicture.draw(new Trees().withoutRun())), "g", "node"))
                .hasSize(1);
    }

    @Test
    void aDeepTreeIsDrawn() throws Exception {
        Trees tree = new Trees();
        int node = 0;
        for (int i = 0; i < 3000; i++) {
            node = tree.add(node, "step " + i, 0.5, Fate.KEPT);
        }
        assertThat(parse(TreePicture.draw(tree.select(node)))
                        .getElementsByTagName("g")
                        .getLength())
                .isGreaterThan(3000);
    }
}
