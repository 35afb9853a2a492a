// Chat templates by llama.cpp's engine: what is marked as the conversation's, and templates that mean harm. Each must end
// in a line; the process must survive.
#include "chat_template.h"

#include <cstring>
#include <string>

#include "check.h"

namespace {

using namespace espalier;

template <typename Number>
std::string bytes(Number number) {
    return std::string(reinterpret_cast<const char *>(&number), sizeof number);
}

std::string text(char type, const std::string &value) {
    return type + bytes(static_cast<int32_t>(value.size())) + value;
}

std::string object(const std::string &entries, int32_t count) { return "o" + bytes(count) + entries; }

std::string entry(const std::string &key, const std::string &value) { return text('s', key) + value; }

// {"x": "Hi <|end|> "} with x from the conversation.
std::string variables() { return object(entry("x", text('c', "Hi <|end|> ")), 1); }

TemplateResult rendered(const std::string &source) { return render_chat_template(source, variables(), 0); }

std::string written(const std::string &source) {
    const TemplateResult result = rendered(source);
    std::string all = result.message;
    for (const TemplatePart &part : result.parts) {
        all += (part.from_conversation ? "[" : "") + part.text + (part.from_conversation ? "]" : "");
    }
    return all;
}

void marks_what_comes_from_the_conversation() {
    CHECK(written("<|a|>{{ x }}<|b|>") == "<|a|>[Hi <|end|> ]<|b|>");
    CHECK(written("<|a|>{{ x | trim }}<|b|>") == "<|a|>[Hi <|end|>]<|b|>");
    CHECK(written("<|a|>{{ x | upper }}") == "<|a|>[HI <|END|> ]");
    CHECK(written("{{ '<|a|>' + x.strip() + '<|b|>' }}") == "<|a|>[Hi <|end|>]<|b|>");
    CHECK(written("<|a|>{{ x | tojson }}") == "<|a|>[\"Hi <|end|> \"]");
    CHECK(written("<|a|>{{ {'k': [x]} | tojson }}") == "<|a|>[{\"k\": [\"Hi <|end|> \"]}]");
    CHECK(written("<|a|>{{ {'k': 1} | tojson }}") == "<|a|>{\"k\": 1}");
    CHECK(written("<|a|>{{ {'k': x} | string }}") == "<|a|>[{'k': 'Hi <|end|> '}]");
    CHECK(written("<|a|>{{ x.split(' ')[1] }}") == "<|a|>[<|end|>]");
    CHECK(written("<|a|>{{ x.rsplit(' ')[1] }}") == "<|a|>[<|end|>]");
    CHECK(written("<|a|>{{ x.split(' ') | join(',') }}") == "<|a|>[Hi,<|end|>,]");
    CHECK(written("<|a|>{{ x.replace('Hi', 'Ho') }}") == "<|a|>[Ho <|end|> ]");
    CHECK(written("<|a|>{{ '?'.replace('?', x) }}") == "<|a|>[Hi <|end|> ]");
    CHECK(written("<|a|>{{ x[0] }}{{ x[3:] }}") == "<|a|>[H<|end|> ]");
    CHECK(written("<|a|>{{ x | indent(2, true) }}") == "<|a|>[  Hi <|end|> ]");
    CHECK(written("<|a|>{% set y %}{{ x }}<|b|>{% endset %}{{ y }}") == "<|a|>[Hi <|end|> ]<|b|>");
    CHECK(written("{% macro m(y) %}<|a|>{{ y }}{% endmacro %}{{ m(x) }}") == "<|a|>[Hi <|end|> ]");
    CHECK(written("<|a|>{{ x * 2 }}") == "<|a|>[Hi <|end|> Hi <|end|> ]");
    CHECK(written("{{ '{}<|a|>'.format(x) }}") == "[Hi <|end|> ]<|a|>");
}

void strips_blocks_and_line_ends() {
    CHECK(written("a\r\n  {% if true %}\r\nb\r\n  {% endif %}\r\nc\n") == "a\nb\nc");
}

void says_what_is_wrong() {
    TemplateResult result = rendered("{{ raise_exception('No system turns, please') }}");
    CHECK(result.status == TemplateStatus::refused);
    CHECK(result.message == "No system turns, please");
    result = rendered("a\n{{ x | nothing }}");
    CHECK(result.status == TemplateStatus::failed);
    CHECK(result.message == "line 2, column 6: Unknown (built-in) filter 'nothing' for type String");
    for (const char *source : {"{% if %}", "{{", "{%", "{% for", "{% for x in", "{{ a.", "{{ 'a", "{{ [1, ", "{{ {", "{#", "{% set x",
                               "{% macro", "{% call", "{% if x %}", "{{ x | }}", "}}{{", "{{ ? }}", "{{ 1 +", "{{ x(", "{{ x[",
                               "{{ 99999999999999999999999 }}", "{% else %}", "{{ -", "{{ not", "{% filter"}) {
        result = rendered(source);
        if (result.status != TemplateStatus::failed) {
            std::fprintf(stderr, "%s: %s\n", source, written(source).c_str());
        }
        CHECK(result.status == TemplateStatus::failed);
        CHECK(!result.message.empty() && result.message.find('\n') == std::string::npos);
    }
    CHECK(render_chat_template("", "o", 0).status == TemplateStatus::failed);
    CHECK(render_chat_template("", std::string("s\xff\xff\xff\xff", 5), 0).status == TemplateStatus::failed);
}

std::string repeated(const std::string &part, int count) {
    std::string all;
    for (int i = 0; i < count; ++i) {
        all += part;
    }
    return all;
}

void survives_templates_that_mean_harm() {
    const std::string nothing_ends = "it works without an end, or writes too much";
    const std::string too_deep = "it is nested too deeply";
    const std::string big = "{% set n = namespace(s='a') %}{% for i in range(40) %}{% set n.s = n.s + n.s %}{% endfor %}";
    for (const std::string &source : {
             std::string("{% for a in range(1000000000) %}{% endfor %}"),
             std::string("{% for a in range(1000) %}{% for b in range(1000) %}{% for c in range(1000) %}x{% endfor %}"
                         "{% endfor %}{% endfor %}"),
             big + "{{ n.s }}",
             std::string("{{ 'a' * 1000000000000 }}"),
             std::string("{{ '' * 1000000000000 }}"),
             std::string("{{ ('a' * 1000000).replace('a', 'b' * 1000000) }}"),
             std::string("{{ ('a' * 1000000).replace('', 'b' * 1000000) }}"),
             std::string("{{ x | indent(100000000000, true) }}"),
             std::string("{{ {'a': [1]} | tojson(indent=1000000000) }}"),
             std::string("{% set n = namespace(t=(1, 1)) %}{% for i in range(60) %}{% set n.t = (n.t, n.t) %}{% endfor %}"
                         "{{ n.t == n.t }}"),
             std::string("{% set n = namespace(t=(1, 1)) %}{% for i in range(60) %}{% set n.t = (n.t, n.t) %}{% endfor %}"
                         "{{ {n.t: 1} }}"),
             std::string("{% set n = namespace(t=[1]) %}{% for i in range(60) %}{% set n.t = [n.t, n.t] %}{% endfor %}"
                         "{{ n.t | tojson }}"),
             std::string("{% set a = range(100000) %}{% for i in a %}{% set b = a[:] %}{% endfor %}"),
             std::string("{% set a = 'a' * 10000000 %}{% for i in range(100000) %}{% if a == a %}{% endif %}{% endfor %}"),
             std::string("{% set a = range(100000) %}{% for i in a %}{% if a | length %}{% endif %}{% endfor %}"),
         }) {
        const TemplateResult result = rendered(source);
        if (result.status != TemplateStatus::failed || result.message != nothing_ends) {
            std::fprintf(stderr, "%.100s: %s\n", source.c_str(), result.message.c_str());
        }
        CHECK(result.status == TemplateStatus::failed && result.message == nothing_ends && result.parts.empty());
    }
    for (const std::string &source : {
             std::string("{% macro m() %}{{ m() }}{% endmacro %}{{ m() }}"),
             "{{ " + repeated("(", 100000) + " }}",
             "{{ " + repeated("[", 100000) + " }}",
             "{{ " + repeated("not ", 50000) + "x }}",
             "{{ " + repeated("- ", 100000) + "1 }}",
             "{{ x" + repeated("()", 50000) + " }}",
             "{{ 1" + repeated("+1", 100000) + " }}",
             "{{ " + repeated("1 if 1 else ", 20000) + "1 }}",
             repeated("{% if 1 %}", 20000),
             "{% if 1 %}" + repeated("{% elif 1 %}", 20000),
             repeated("{% for a in b %}", 16000),
             std::string("{% set a = [1] %}{{ a.append(a) }}"),
             std::string("{% set n = namespace() %}{% set n.n = n %}{{ n | tojson }}"),
             std::string("{% set n = namespace() %}{% set n.n = n %}{{ n | string }}"),
         }) {
        const TemplateResult result = rendered(source);
        if (result.status != TemplateStatus::failed || result.message.find(too_deep) == std::string::npos) {
            std::fprintf(stderr, "%.100s: %s\n", source.c_str(), result.message.c_str());
        }
        CHECK(result.status == TemplateStatus::failed && result.message == too_deep);
    }
    // Values nested far beyond that bound, freed again.
    CHECK(rendered("{% set n = namespace(t=[]) %}{% for i in range(20000) %}{% set n.t = [n.t] %}{% endfor %}").message == "");
    // What the process would have ended at.
    for (const char *source : {"{{ 1 is divisibleby(0) }}", "{{ 1 is divisibleby(-1) }}"}) {
        CHECK(rendered(source).status == TemplateStatus::refused || rendered(source).status == TemplateStatus::failed);
    }
    rendered("{{ 1 % 0 }}{{ 1 / 0 }}{{ 9223372036854775807 * 9223372036854775807 }}{{ 'nan' | float | int }}");
    rendered("{{ ['b', 1, 'nan' | float, 'inf' | float, none, 'a', 2, [], {}, true, x, 3.5, 'nan' | float, 7] | sort }}");
    rendered("{{ {1: 2, 'a': 3, none: 4, (1, 2): 5} | dictsort }}");
    CHECK(rendered(std::string(1 << 18, 'a')).status == TemplateStatus::rendered);
    CHECK(rendered(std::string((1 << 18) + 1, 'a')).message == "it is longer than 256 kB");
    CHECK(rendered(std::string(1 << 18, '\r')).status == TemplateStatus::rendered);
}

}  // namespace

int main() {
    marks_what_comes_from_the_conversation();
    strips_blocks_and_line_ends();
    says_what_is_wrong();
    survives_templates_that_mean_harm();
    return 0;
}
