#include "chat_template.h"

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <exception>
#include <stdexcept>

#include "deep_stack.h"
#include "jinja/lexer.h"
#include "jinja/parser.h"
#include "jinja/runtime.h"
#include "jinja_bounds.h"

namespace espalier {

namespace {

// The longest template of llama.cpp's collection has 17 kB.
constexpr size_t longest_template = 1 << 18;
constexpr size_t work_of_a_template = size_t{1} << 29;
constexpr size_t work_of_an_input_byte = 512;
constexpr size_t most_work_of_input = size_t{1} << 32;
constexpr size_t deepest = 2000;
// Address space: freeing values that a template has nested takes a level of the stack each.
constexpr size_t stack_bytes = size_t{1} << 30;
constexpr size_t longest_message = 300;
constexpr const char *raised = "Jinja Exception: ";

// Reads what ValueWriter.java writes: a letter for the type, then numbers in the machine's order.
class ValueReader {
   public:
    explicit ValueReader(const std::string &bytes) : bytes_(bytes) {}

    jinja::value read() {
        const bounds::Level level;
        switch (take()) {
            case 'n': return jinja::mk_val<jinja::value_none>();
            case 't': return jinja::mk_val<jinja::value_bool>(true);
            case 'f': return jinja::mk_val<jinja::value_bool>(false);
            case 'i': return jinja::mk_val<jinja::value_int>(number<int64_t>());
            case 'd': return jinja::mk_val<jinja::value_float>(number<double>());
            case 's': return jinja::mk_val<jinja::value_string>(jinja::string(text(), false));
            case 'c': return jinja::mk_val<jinja::value_string>(jinja::string(text(), true));
            case 'a': {
                auto array = jinja::mk_val<jinja::value_array>();
                for (int32_t count = number<int32_t>(); count > 0; --count) {
                    array->push_back(read());
                }
                return array;
            }
            case 'o': {
                auto object = jinja::mk_val<jinja::value_object>();
                for (int32_t count = number<int32_t>(); count > 0; --count) {
                    const jinja::value key = read();
                    object->insert(key, read());
                }
                return object;
            }
            default: throw std::runtime_error("a value of unknown type");
        }
    }

   private:
    char take() {
        need(1);
        return bytes_[at_++];
    }

    template <typename Number>
    Number number() {
        need(sizeof(Number));
        Number value;
        std::memcpy(&value, bytes_.data() + at_, sizeof value);
        at_ += sizeof value;
        return value;
    }

    std::string text() {
        const auto length = static_cast<size_t>(number<int32_t>());
        need(length);
        at_ += length;
        return bytes_.substr(at_ - length, length);
    }

    void need(size_t count) const {
        if (count > bytes_.size() - at_) {
            throw std::runtime_error("values that are cut short");
        }
    }

    const std::string &bytes_;
    size_t at_ = 0;
};

// The engine reads a template of any line ends, but slowly.
std::string with_unix_line_ends(const std::string &source) {
    std::string text;
    for (size_t i = 0; i < source.size(); ++i) {
        const bool before_newline = i + 1 < source.size() && source[i + 1] == '\n';
        if (source[i] != '\r' || !before_newline) {
            text += source[i] == '\r' ? '\n' : source[i];
        }
    }
    return text;
}

// The engine's messages have the source's lines with an arrow below; the place and the fault are kept.
std::string in_one_line(const std::string &message) {
    std::string fault = message;
    std::string place;
    const size_t error = message.rfind("\nError: ");
    if (error != std::string::npos) {
        fault = message.substr(error + std::strlen("\nError: "));
        const size_t line = message.find(" at line ");
        const size_t end = message.find(" in source", line == std::string::npos ? 0 : line);
        if (line != std::string::npos && end != std::string::npos) {
            place = message.substr(line + std::strlen(" at "), end - line - std::strlen(" at ")) + ": ";
        }
    }
    if (fault.compare(0, std::strlen(raised), raised) == 0) {
        fault.erase(0, std::strlen(raised));
        place.clear();
    }
    const size_t source = fault.find("\n...");
    if (source != std::string::npos) {
        fault.erase(source);
    }
    std::string line = place + fault;
    for (char &c : line) {
        if (static_cast<unsigned char>(c) < ' ' || c == '\x7f') {
            c = ' ';
        }
    }
    if (line.size() > longest_message) {
        size_t end = longest_message;
        while (end > 0 && (static_cast<unsigned char>(line[end]) & 0xC0) == 0x80) {
            --end;
        }
        line.resize(end);
    }
    return line;
}

struct Call {
    const std::string &source;
    const std::string &values;
    int64_t time;
    TemplateResult result{TemplateStatus::failed, "", {}};
};

// Values that contain themselves are freed with the rest.
struct Values {
    ~Values() { jinja::changed_values::clear(); }
};

void render(Call &call) {
    if (call.source.size() > longest_template) {
        call.result.message = "it is longer than 256 kB";
        return;
    }
    const size_t input = std::min(most_work_of_input / work_of_an_input_byte, call.values.size());
    bounds::begin(work_of_a_template + work_of_an_input_byte * input, deepest);
    const Values values;
    jinja::context context;
    context.current_time = static_cast<std::time_t>(call.time);
    const jinja::value variables = ValueReader(call.values).read();
    for (const auto &pair : variables->as_ordered_object()) {
        context.set_val(pair.first, pair.second);
    }
    jinja::lexer lexer;
    const jinja::lexer_result tokens = lexer.tokenize(with_unix_line_ends(call.source));
    *context.src = tokens.source;
    const jinja::program program = jinja::parse_from_tokens(tokens);
    jinja::runtime runtime(context);
    const jinja::value_array written = runtime.execute(program);
    const jinja::value_string text = jinja::runtime::gather_string_parts(written);
    for (const jinja::string_part &part : text->val_str.parts) {
        call.result.parts.push_back({part.is_input, part.val});
    }
    call.result.status = TemplateStatus::rendered;
}

void render_guarded(void *argument) {
    Call &call = *static_cast<Call *>(argument);
    TemplateResult &result = call.result;
    try {
        try {
            render(call);
            return;
        } catch (const bounds::Exceeded &exceeded) {
            result.message = exceeded.what;
        } catch (const std::exception &exception) {
            const std::string message = exception.what();
            result.message = in_one_line(message);
            result.status =
                message.find(raised) == std::string::npos ? TemplateStatus::failed : TemplateStatus::refused;
        }
    } catch (...) {
        result.status = TemplateStatus::failed;
        result.message = "unknown fault";
    }
    result.parts.clear();
}

}  // namespace

TemplateResult render_chat_template(const std::string &source, const std::string &values, int64_t time) {
    Call call{source, values, time};
    if (!run_on_deep_stack(stack_bytes, render_guarded, &call)) {
        call.result.message = "there is no address space for the stack that it may need";
    }
    return std::move(call.result);
}

}  // namespace espalier
