#include "left_recursion.h"

#include <utility>

namespace espalier {

namespace {

// By rule: whether it can be empty.
std::vector<bool> nullable(const GrammarRules &rules) {
    struct Place {
        uint32_t rule;
        size_t alternate;
    };
    const size_t count = rules.alternates.size();
    std::vector<std::vector<Place>> uses(count);
    // By alternate: elements that are not known to be empty.
    std::vector<std::vector<size_t>> open(count);
    std::vector<bool> empty(count);
    std::vector<uint32_t> queue;
    const auto found_empty = [&](uint32_t rule) {
        if (!empty[rule]) {
            empty[rule] = true;
            queue.push_back(rule);
        }
    };
    for (uint32_t rule = 0; rule < count; ++rule) {
        for (size_t i = 0; i < rules.alternates[rule].size(); ++i) {
            size_t length = 0;
            const GrammarElement *element = &rules.elements[rules.alternates[rule][i]];
            for (; element->kind != GrammarElement::end; ++element, ++length) {
                if (element->kind == GrammarElement::rule) {
                    uses[element->value].push_back({rule, i});
                }
            }
            open[rule].push_back(length);
            if (length == 0) {
                found_empty(rule);
            }
        }
    }
    while (!queue.empty()) {
        const uint32_t rule = queue.back();
        queue.pop_back();
        for (const Place &use : uses[rule]) {
            if (--open[use.rule][use.alternate] == 0) {
                found_empty(use.rule);
            }
        }
    }
    return empty;
}

// By rule: the rules that it can begin with.
std::vector<std::vector<uint32_t>> beginnings(const GrammarRules &rules) {
    const std::vector<bool> empty = nullable(rules);
    std::vector<std::vector<uint32_t>> first(rules.alternates.size());
    for (size_t rule = 0; rule < first.size(); ++rule) {
        for (const uint32_t alternate : rules.alternates[rule]) {
            const GrammarElement *element = &rules.elements[alternate];
            for (; element->kind == GrammarElement::rule; ++element) {
                first[rule].push_back(element->value);
                if (!empty[element->value]) {
                    break;
                }
            }
        }
    }
    return first;
}

}  // namespace

std::vector<uint32_t> left_recursion(const GrammarRules &rules) {
    const std::vector<std::vector<uint32_t>> first = beginnings(rules);
    enum Mark { unseen, open, closed };
    std::vector<int> marks(first.size(), unseen);
    // Rules, and how many of what each can begin with were looked at.
    std::vector<std::pair<uint32_t, size_t>> path;
    for (uint32_t start = 0; start < first.size(); ++start) {
        if (marks[start] != unseen) {
            continue;
        }
        marks[start] = open;
        path.emplace_back(start, 0);
        while (!path.empty()) {
            auto &[rule, seen] = path.back();
            if (seen == first[rule].size()) {
                marks[rule] = closed;
                path.pop_back();
                continue;
            }
            const uint32_t next = first[rule][seen++];
            if (marks[next] == open) {
                std::vector<uint32_t> circle;
                for (const auto &step : path) {
                    circle.push_back(step.first);
                }
                circle.push_back(next);
                return circle;
            }
            if (marks[next] == unseen) {
                marks[next] = open;
                path.emplace_back(next, 0);
            }
        }
    }
    return {};
}

}  // namespace espalier
