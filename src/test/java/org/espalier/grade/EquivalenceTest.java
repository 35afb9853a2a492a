package org.espalier.grade;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class EquivalenceTest {

    /** Rows of a kind: the first spelling and all that mean the same. */
    private static final String[][] EQUAL = {
        {"integers", "1000", "1,000", "1{,}000", "1\\,000", "1 000", "+1000", "1000.", "1000.0", "$1000$"},
        {"large integers", "11111111100", "11,\\! 111,\\! 111,\\! 100", "11,111,111,100", "11{,}111{,}111{,}100"},
        {"signs", "-5", "\u22125", "- 5", "$-5$", "\\(-5\\)", "-5.0", "-(5)", "{-5}"},
        {"decimals", "0.5", ".5", "0.50", "1/2", "\\frac12", "\\frac{1}{2}", "\\dfrac{1}{2}", "\\tfrac12", "\u00bd"},
        {"scientific", "0.0000672", ".0000672", "6.72 \\times 10^{-5}", "6.72e-5", "6.72 \\cdot 10^{-5}"},
        {"repeating", "\\frac13", "0.\\overline{3}", "0.3\\overline{3}", "\\frac{2}{6}"},
        {"percent", "50", "50\\%", "50%", "50 percent", "50\\,\\%"},
        {"money", "18", "\\$18", "$18", "\\$18.00", "18 dollars", "18\\text{ dollars}", "\\text{\\$}18"},
        {"cents", "5.4", "5.4 \\text{ cents}", "5.4\\text{ cents}", "5.4 cents", "\\$5.40"},
        {"negative fractions", "-\\frac{35}{9}", "\\frac{-35}{9}", "\\frac{35}{-9}", "-35/9", "-\\frac{70}{18}"},
        {"tex fractions", "\\frac{9}{19}", "\\frac9{19}", "\\frac{9}{19}.", "9/19", "\\cfrac{9}{19}", "{9}/{19}"},
        {"tex digits", "\\frac{5}{9}", "\\frac 59", "\\frac59", "5/9"},
        {"mixed", "\\frac95", "1\\frac{4}{5}", "1 4/5", "1.8", "1\\tfrac45", "1 \\frac 45"},
        {"mixed halves", "137.5", "137 \\frac{1}{2}", "137 1/2", "\\frac{275}{2}", "137\\frac12"},
        {"negative mixed", "-\\frac32", "-1\\frac12", "-1 1/2", "-1.5"},
        {
            "radicals",
            "2\\sqrt{2}",
            "\\sqrt{8}",
            "\\sqrt8",
            "2\\sqrt2",
            "2 \\cdot \\sqrt{2}",
            "\\frac{4}{\\sqrt{2}}",
            "2^{3/2}",
            "2*sqrt(2)",
            "2\u221a2",
            "8^{\\frac12}"
        },
        {"rationalised", "\\frac{\\sqrt{3}}{3}", "\\frac{1}{\\sqrt{3}}", "\\sqrt{\\frac13}", "\\sqrt{1/3}", "3^{-1/2}"},
        {"conjugates", "\\sqrt{2}-1", "\\frac{1}{1+\\sqrt{2}}", "-1+\\sqrt2", "\\sqrt{3-2\\sqrt2}"},
        {"cube roots", "2\\sqrt[3]{2}", "\\sqrt[3]{16}", "16^{1/3}", "2^{4/3}"},
        {"negative cube root", "-2", "\\sqrt[3]{-8}", "(-8)^{1/3}"},
        {"nested radicals", "1+\\sqrt{2}", "\\sqrt{3+2\\sqrt{2}}", "\\sqrt{2}+1"},
        {"radical products", "\\sqrt{6}", "\\sqrt{2}\\sqrt{3}", "\\sqrt2 \\cdot \\sqrt3", "\\frac{6}{\\sqrt6}"},
        {"powers", "1024", "2^{10}", "2^10", "4^5", "32^2", "2**10"},
        {"pi", "\\frac{\\pi}{2}", "\\pi/2", "0.5\\pi", "\\frac12\\pi", "\\frac{1}{2} \\pi", "\u03c0/2", "pi/2"},
        {"pi in denominator", "\\frac{20000}{\\pi}", "20000/\\pi", "20000 \\pi^{-1}"},
        {"e", "e^2", "e^{2}", "\\exp(2)", "\\frac{1}{e^{-2}}", "e \\cdot e"},
        {"complex", "6-5i", "6 - 5i", "-5i+6", "(6-5i)", "6 - 5 i", "i(-5-6i)"},
        {"complex quotient", "\\frac{1+i}{2}", "\\frac{1}{1-i}", "\\frac12+\\frac12 i", "0.5+0.5i"},
        {"complex root", "2+i", "\\sqrt{3+4i}"},
        {"polar", "\\frac12+\\frac{\\sqrt3}{2}i", "e^{i\\pi/3}", "\\cos 60^\\circ + i \\sin 60^\\circ"},
        {"degrees", "90", "90^\\circ", "90^{\\circ}", "90\u00b0", "90 degrees", "90\\text{ degrees}", "90^\\circ."},
        {
            "units",
            "15",
            "15\\mbox{ cm}^2",
            "15\\text{ cm}^2",
            "15 \\text{ square centimeters}",
            "15cm",
            "15 cm^2",
            "15 \\mathrm{\\,cm}^{2}",
            "15\\text{ m}/\\text{s}",
            "15 miles per hour",
            "15 apples",
            "\\text{15 feet}"
        },
        {"bases", "2516_8", "2516_{8}", "2516_{\\text{eight}}", "02516_8"},
        {
            "sets",
            "\\{1,2\\}",
            "\\{2, 1\\}",
            "\\left\\{1,2\\right\\}",
            "1,2",
            "1, 2",
            "1 and 2",
            "2 \\text{ and } 1",
            "1 \\text{ or } 2",
            "x=1,2",
            "x=1, x=2",
            "x = 1 or x = 2",
            "1; 2",
            "\\lbrace 1,2 \\rbrace",
            "x \\in \\{1,2\\}"
        },
        {"three roots", "3,5,7", "3, 5, 7", "5, 3, 7", "3, 5, and 7", "3,5,\\text{ and }7"},
        {
            "singleton",
            "5",
            "\\{5\\}",
            "x=5",
            "x = 5",
            "5 = x",
            "n=5",
            "f(3) = 5",
            "AB = 5",
            "\\text{Area} = 5",
            "\\boxed{5}",
            "**5**",
            "x = 10/2 = 5",
            "2x=10",
            "\\left(5\\right)",
            "x \\in \\{5\\}"
        },
        {
            "points",
            "(3, \\frac{\\pi}{2})",
            "\\left( 3, \\frac{\\pi}{2} \\right)",
            "(3,\\pi/2)",
            "\\left(3,\\frac{\\pi}{2}\\right).",
            "(r,\\theta) = (3, \\pi/2)",
            "\\bigl(3, \\tfrac{\\pi}{2}\\bigr)"
        },
        {"named coordinates", "(1,2)", "x = 1, y = 2", "y=2, x=1", "(x,y)=(1,2)"},
        {"half-open intervals", "(3,4]", "\\left(3,4\\right]", "x \\in (3,4]", "3 < x \\le 4", "4 \\geq x > 3"},
        {
            "rays",
            "(5,\\infty)",
            "x>5",
            "5<x",
            "(5,+\\infty)",
            "\\left(5,\\infty\\right)",
            "2x > 10",
            "x \\in (5, \\infty)"
        },
        {"closed rays", "(-\\infty, 0]", "x \\le 0", "x\\leq 0", "0 \\ge x", "-3x \\geq 0"},
        {
            "unions",
            "(-\\infty,2)\\cup(3,\\infty)",
            "(3,\\infty) \\cup (-\\infty, 2)",
            "x<2 \\text{ or } x>3",
            "x \\in (-\\infty,2)\\cup(3,\\infty)"
        },
        {
            "plus-minus",
            "1 \\pm \\sqrt{19}",
            "1+\\sqrt{19}, 1-\\sqrt{19}",
            "\\{1-\\sqrt{19},1+\\sqrt{19}\\}",
            "x = 1 \\pm \\sqrt{19}",
            "\\frac{2\\pm\\sqrt{76}}{2}",
            "1 \\mp \\sqrt{19}"
        },
        {"plus-minus in a set", "\\{1\\pm\\sqrt{5},-2\\}", "-2, 1+\\sqrt5, 1-\\sqrt5", "\\{-2,1\\pm\\sqrt{5}\\}"},
        {
            "matrices",
            "\\begin{pmatrix} -1 & 0 \\\\ 0 & -1 \\end{pmatrix}",
            "\\begin{bmatrix}-1&0\\\\0&-1\\end{bmatrix}",
            "-\\begin{pmatrix}1&0\\\\0&1\\end{pmatrix}",
            "\\left(\\begin{array}{cc}-1 & 0\\\\ 0 & -1\\end{array}\\right)",
            "\\begin{pmatrix} -1 & 0 \\\\ 0 & -1 \\\\ \\end{pmatrix}"
        },
        {
            "vectors",
            "\\begin{pmatrix} -1/3 \\\\ 2/3 \\\\ 5/3 \\end{pmatrix}",
            "\\frac{1}{3}\\begin{pmatrix} -1 \\\\ 2 \\\\ 5 \\end{pmatrix}",
            "\\langle -\\frac13, \\frac23, \\frac53\\rangle",
            "\\begin{bmatrix}-\\frac{1}{3}\\\\ \\frac{2}{3}\\\\ \\frac{5}{3}\\end{bmatrix}"
        },
        {"polynomials", "x^2+2x+1", "(x+1)^2", "1+2x+x^2", "x^{2} + 2x + 1", "x(x+2)+1", "(x+1)(x+1)", "(1+x)^2"},
        {"multivariate", "(a+5)(b+2)", "ab+2a+5b+10", "(b+2)(a+5)", "a*b + 2*a + 5*b + 10", "ba+5b+2a+10"},
        {"rational functions", "\\frac{x+1}{x-1}", "\\frac{x^2+2x+1}{x^2-1}", "1+\\frac{2}{x-1}", "(x+1)/(x-1)"},
        {"cancelled factors", "x+y", "\\frac{x^2-y^2}{x-y}", "y+x"},
        {"linear coefficient", "\\frac{11+9a}{20}", "\\frac{9a+11}{20}", "\\frac{11}{20}+\\frac{9}{20}a", "0.45a+0.55"},
        {
            "geometric sum",
            "x^5 - x^4 + x^3 - x^2 + x - 1",
            "(x-1)(x^4+x^2+1)",
            "-1+x-x^2+x^3-x^4+x^5",
            "\\frac{(x^6-1)}{x+1}"
        },
        {"function heads", "x^3+3x-6", "p(x)=x^3+3x-6", "f(x) = x^3 + 3x - 6", "P(t_1)=x^3+3x-6", "f^{-1}(x)=x^3+3x-6"},
        {"lines", "y=2x+3", "y = 2x + 3", "2x-y+3=0", "y - 2x = 3", "4x - 2y + 6 = 0", "y=3+2x", "2x+3=y"},
        {"planes", "5x - 7y + 11z + 4 = 0", "7y - 5x - 11z = 4", "10x-14y+22z+8=0"},
        {"choices", "\\text{(C)}", "(C)", "C", "\\text{C}", "\\textbf{(C)}", "\\mathrm{(C)}", "(\\text{C})"},
        {
            "words",
            "\\text{Evelyn}",
            "Evelyn",
            "evelyn",
            "\\textbf{Evelyn}",
            "\\text{ Evelyn }",
            "\\mathrm{Evelyn}",
            "Evelyn."
        },
        {"short words", "\\text{odd}", "odd", "Odd", "\\mbox{odd}"},
        {"phrases", "\\text{no solution}", "no solution", "No  Solution", "\\text{No solution.}"},
        {"number words", "6", "six", "\\text{six}", "Six"},
        {"trigonometry", "\\frac12", "\\sin 30^\\circ", "\\sin\\frac{\\pi}{6}", "\\cos(60^\\circ)", "\\sin(\\pi/6)"},
        {
            "functions",
            "\\cot x",
            "\\frac{\\cos x}{\\sin x}",
            "\\frac{1}{\\tan x}",
            "\\cot(x)",
            "cot x",
            "\\operatorname{cot} x"
        },
        {"double angle", "\\cos 2x", "2\\cos^2 x - 1", "1 - 2\\sin^2{x}", "\\cos^2 x-\\sin^2 x"},
        {"logarithms", "3", "\\log_2 8", "\\log_{2}{8}", "\\log 1000", "\\ln e^3"},
        {"binomials", "10", "\\binom{5}{2}", "\\dbinom52", "\\frac{5!}{2!3!}", "{5 \\choose 2}"},
        {"factorials", "120", "5!", "5\\cdot 4!"},
        {"factorial formula", "(n+1)!", "(n+1) \\cdot n!", "n!(n+1)"},
        {"absolute value", "5", "|-5|", "\\left|-5\\right|", "\\lvert 5 \\rvert"},
        {"floor", "3", "\\lfloor 3.7 \\rfloor", "\\lceil 2.1 \\rceil", "\\left\\lfloor \\frac{7}{2} \\right\\rfloor"},
        {"ratios", "1:2", "2:4", "\\frac12 : 1", "1\\!:\\!2"},
        {"times of day", "6:30", "\\text{6:30}", "6:30 am", "6:30 a.m.", "06:30"},
        {"afternoons", "6:30 pm", "6:30 p.m.", "6:30 PM", "\\text{6:30 p.m.}"},
        {"subscripts", "a_1", "a_{1}"},
        {"ordinals", "7", "7^{\\text{th}}", "7^{th}", "7^\\text{th}"},
        {"approximations", "2\\sqrt3", "2\\sqrt{3} \\approx 3.46", "x = 2\\sqrt3 \\approx 3.46"},
        {"speeds", "90", "90 km/h", "90\\text{ km}/\\text{h}", "90 miles/hour"},
        {"joined inequalities", "(2,5]", "x > 2 \\text{ and } x \\le 5", "x \\le 5, x > 2", "2 < x \\leq 5"},
        {"angles", "50", "m\\angle A = 50^\\circ", "\\angle ABC = 50^\\circ", "50^\\circ = \\angle B"},
        {"alternatives", "\\frac34", "\\frac34 \\text{ or } 0.75", "0.75, 3/4"},
        {"reals", "(-\\infty,\\infty)", "\\mathbb{R}", "x \\in \\mathbb{R}", "(-\\infty, +\\infty)"},
        {"long lists", "1,2,300", "300, 2, 1", "\\{1,2,300\\}"},
        {"lists of hundreds", "5, 200, 100", "100,200,5", "100, 200, 5"},
        {"empty set", "\\emptyset", "\\varnothing", "\\{\\}", "\\{ \\}"},
    };

    private static final String[][] DIFFERENT = {
        {"12", "21"},
        {"1000", "1,00"},
        {"(2,500)", "2500"},
        {"1,2", "12"},
        {"0.33", "\\frac13"},
        {"0.3333333333", "\\frac13"},
        {"3.14", "\\pi"},
        {"3.141592653589793", "\\pi"},
        {"1.41421356", "\\sqrt2"},
        {"50\\%", "0.5"},
        {"\\frac12", "2"},
        {"\\frac{3}{4}", "\\frac{4}{3}"},
        {"1\\frac12", "\\frac12"},
        {"\\sqrt2", "\\sqrt3"},
        {"\\sqrt{10^{30}+1}", "\\sqrt{10^{30}+2}"},
        {"\\sqrt[3]{2}", "\\sqrt{2}"},
        {"2\\sqrt{3}", "3\\sqrt{2}"},
        {"6-5i", "6+5i"},
        {"90^\\circ", "\\frac{\\pi}{2}"},
        {"52_8", "42"},
        {"52_8", "52"},
        {"52_8", "52_9"},
        {"(1,2)", "(2,1)"},
        {"(1,2)", "\\{1,2\\}"},
        {"(3,4]", "[3,4)"},
        {"(3,4]", "(3,4)"},
        {"[3,4]", "(3,4)"},
        {"1,2", "1,2,3"},
        {"1 \\pm \\sqrt{19}", "1+\\sqrt{19}"},
        {"\\pm 1 \\pm 2", "\\pm 1 \\mp 2"},
        {"(2,\\infty)", "[2,\\infty)"},
        {"(-\\infty,2)\\cup(3,\\infty)", "(-\\infty,2]\\cup(3,\\infty)"},
        {"\\begin{pmatrix}1&2\\\\3&4\\end{pmatrix}", "\\begin{pmatrix}1&3\\\\2&4\\end{pmatrix}"},
        {"\\begin{pmatrix}1\\\\2\\end{pmatrix}", "\\begin{pmatrix}1&2\\end{pmatrix}"},
        {"x^2+2x+1", "(x-1)^2"},
        {"x", "y"},
        {"x", "|x|"},
        {"2x", "x^2"},
        {"x", "X"},
        {"p-q", "q-p"},
        {"2x+3", "2y+3"},
        {"y=2x+3", "y=3x+2"},
        {"y=2x+3", "x=2y+3"},
        {"x>5", "x\\ge 5"},
        {"x>5", "x<5"},
        {"x \\ne 5", "5"},
        {"x=1, y=2", "x=2, y=1"},
        {"\\text{(A)}", "\\text{(B)}"},
        {"\\text{even}", "\\text{odd}"},
        {"\\text{Evelyn}", "\\text{Navin}"},
        {"\\sin x", "\\cos x"},
        {"\\sin 30", "\\frac12"},
        {"\\cos 2x", "2\\cos x"},
        {"6:30", "1:5"},
        {"6:30", "6:30 pm"},
        {"3 \\text{ hours and } 5 \\text{ minutes}", "15"},
        {"10^{100}", "10^{100}+1"},
        {"2^{100000}", "2^{100001}"},
        {"\\frac{1}{0}", "0"},
        {"\\frac{1}{0}", "\\infty"},
        {"", "0"},
        {"x^{10}", "x"},
        {"a_1", "a_2"},
        {"n!", "n"},
        {"\\frac{x+1}{x-1}", "\\frac{x-1}{x+1}"},
        {"\\frac{a}{a+b}", "\\frac{b}{a+b}"},
        {"\\ln 2", "\\log 2"},
    };

    static Stream<Arguments> equalPairs() {
        return Stream.of(EQUAL)
                .flatMap(row -> Stream.of(row).skip(2).map(spelling -> Arguments.of(row[0], row[1], spelling)));
    }

    static Stream<Arguments> differentPairs() {
        return Stream.of(DIFFERENT).map(row -> Arguments.of(row[0], row[1]));
    }

    @ParameterizedTest(name = "{0}: {2}")
    @MethodSource("equalPairs")
    void sameMeaning(String kind, String first, String second) {
        assertThat(Equivalence.equivalent(first, second))
                .as("%s: %s = %s (%s, %s)", kind, first, second, key(first), key(second))
                .isTrue();
        assertThat(Equivalence.equivalent(second, first)).as("symmetric").isTrue();
    }

    @ParameterizedTest(name = "{0} / {1}")
    @MethodSource("differentPairs")
    void differentMeaning(String first, String second) {
        assertThat(Equivalence.equivalent(first, second))
                .as("%s = %s (%s, %s)", first, second, key(first), key(second))
                .isFalse();
        assertThat(key(first)).isNotEqualTo(key(second));
    }

    /** All spellings vote together, not only compare equal: every kind above has a normal form or one fingerprint. */
    @ParameterizedTest(name = "{0}: {2}")
    @MethodSource("equalPairs")
    void sameVote(String kind, String first, String second) {
        assertThat(key(second)).as(kind).isEqualTo(key(first));
    }

    private static String key(String answer) {
        return Answer.parse(answer).canonicalKey();
    }
}
