// Long texts for every pre-tokenizer that llama.cpp knows, from a thread with a small stack. The process must survive, and
// the stack that is set aside must be far more than what is used.
#include "tokenize.h"

#include <pthread.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cstring>
#include <functional>
#include <stdexcept>

#include "check.h"
#include "deep_stack.h"
#include "gguf.h"
#include "ggml.h"
#include "logging.h"

namespace {

using namespace espalier;

constexpr size_t all = SIZE_MAX;

// Of those that go through std::regex one of each pattern; Java's TokenizerLimitsIT has them all.
const char *const pre_tokenizers[] = {
    "default", "gpt-4o", "tekken", "deepseek-llm", "deepseek-v3", "deepseek-coder", "exaone-moe", "superbpe", "bloom",
    "viking", "youtu", "seed-coder", "bailingmoe", "jais-2", "granite-embed-multi-97m", "llama-bpe", "qwen2"};

const char *const characters[] = {"a", "A", "7", " ", "\n", "\r\n", ".", "+", "\xf0\x9f\x98\x80", "\xcc\x81", "\xe4\xb8\x80"};

// How a byte is written in vocabularies of this kind.
std::string byte_text(int byte, int &others) {
    const bool as_is = (byte >= 33 && byte <= 126) || (byte >= 161 && byte <= 172) || byte >= 174;
    const int point = as_is ? byte : 256 + others++;
    if (point < 128) {
        return std::string(1, static_cast<char>(point));
    }
    return {static_cast<char>(0xC0 | (point >> 6)), static_cast<char>(0x80 | (point & 63))};
}

class Vocabulary {
   public:
    Vocabulary(const std::string &pre, const std::string &path) {
        gguf_context *gguf = gguf_init_empty();
        std::vector<std::string> texts;
        int others = 0;
        for (int byte = 0; byte < 256; ++byte) {
            texts.push_back(byte_text(byte, others));
        }
        texts.emplace_back("aa");
        std::vector<const char *> pointers;
        for (const std::string &text : texts) {
            pointers.push_back(text.c_str());
        }
        const std::vector<int32_t> types(texts.size(), 1);
        const char *merges[] = {"a a"};
        gguf_set_val_str(gguf, "general.architecture", "llama");
        gguf_set_val_str(gguf, "tokenizer.ggml.model", "gpt2");
        gguf_set_val_str(gguf, "tokenizer.ggml.pre", pre.c_str());
        gguf_set_arr_str(gguf, "tokenizer.ggml.tokens", pointers.data(), pointers.size());
        gguf_set_arr_data(gguf, "tokenizer.ggml.token_type", GGUF_TYPE_INT32, types.data(), types.size());
        gguf_set_arr_str(gguf, "tokenizer.ggml.merges", merges, 1);
        CHECK(gguf_write_to_file(gguf, path.c_str(), true));
        gguf_free(gguf);
        llama_model_params params = llama_model_default_params();
        params.vocab_only = true;
        model_ = llama_model_load_from_file(path.c_str(), params);
        CHECK(model_ != nullptr);
    }

    ~Vocabulary() { llama_model_free(model_); }
    Vocabulary(const Vocabulary &) = delete;
    Vocabulary &operator=(const Vocabulary &) = delete;

    const llama_model *model() const { return model_; }

   private:
    llama_model *model_;
};

std::string repeated(const std::string &text, size_t times) {
    std::string all;
    for (size_t i = 0; i < times; ++i) {
        all += text;
    }
    return all;
}

size_t count(const Vocabulary &vocabulary, const std::string &text) {
    std::vector<llama_token> tokens;
    CHECK(tokenize(vocabulary.model(), text, false, all, tokens).empty());
    return tokens.size();
}

// On a thread that has a small stack, as a program may give its own.
void on_small_stack(const std::function<void()> &body) {
    CHECK(run_on_deep_stack(
        size_t{256} << 10, [](void *f) { (*static_cast<const std::function<void()> *>(f))(); }, const_cast<std::function<void()> *>(&body)));
}

void runs_of_every_kind(const Vocabulary &vocabulary) {
    for (const char *character : characters) {
        for (const size_t times : {size_t{3000}, size_t{20000}}) {
            const std::string text = repeated(character, times / (std::strlen(character) == 2 ? 2 : 1));
            on_small_stack([&] {
                std::vector<llama_token> tokens;
                const std::string wrong = tokenize(vocabulary.model(), text, false, 1000000, tokens);
                CHECK(!wrong.empty() || !tokens.empty());
            });
        }
    }
}

void what_is_too_long_is_refused(const Vocabulary &vocabulary) {
    std::vector<llama_token> tokens;
    const std::string run = repeated("b", longest_stretch + 1);
    CHECK(tokenize(vocabulary.model(), run, false, all, tokens).find("65537 characters in a row") != std::string::npos);
    CHECK(tokenize(vocabulary.model(), repeated(" ", 100000), false, all, tokens).find("in a row") != std::string::npos);
    CHECK(tokenize(vocabulary.model(), repeated("b\n", 3000000), false, all, tokens).find("bytes") != std::string::npos);
    CHECK(count(vocabulary, repeated("b", longest_stretch)) == longest_stretch);
    CHECK(count(vocabulary, repeated("The tree has. Words\n", 20000)) == 400000);
}

void digits_whose_time_grows_by_their_square_are_refused(const Vocabulary &superbpe) {
    std::vector<llama_token> tokens;
    CHECK(tokenize(superbpe.model(), repeated("1", 7000), false, all, tokens).find("runs of digits") != std::string::npos);
    CHECK(count(superbpe, repeated("123 ", 7000)) == 28000);
}

void spaces_whose_time_grows_by_their_square_are_refused(const Vocabulary &deepseek) {
    std::vector<llama_token> tokens;
    const std::string wrong = tokenize(deepseek.model(), repeated("\xe3\x80\x80", 7000) + "1", false, all, tokens);
    CHECK(wrong.find("runs of white space") != std::string::npos);
    CHECK(count(deepseek, repeated("\xe3\x81\x82", 7000)) == 21000);
}

void a_text_of_far_too_many_tokens_is_cut(const Vocabulary &vocabulary) {
    std::vector<llama_token> tokens;
    CHECK(tokenize(vocabulary.model(), repeated("b \n", 300000), false, 1000, tokens).empty());
    CHECK(tokens.size() > 1000 && tokens.size() < 100000);
    // As many as there are, where they are not so many.
    CHECK(tokenize(vocabulary.model(), repeated("b \n", 3000), false, 5000, tokens).empty());
    CHECK(tokens.size() == 9000);
}

// One call of std::regex's for each character, as long as the pattern's match.
void a_stack_has_room_to_spare(const Vocabulary &vocabulary) {
    const std::string text = repeated("b", 20000);
    struct Deepest {
        const Vocabulary &vocabulary;
        const std::string &text;
    } deepest{vocabulary, text};
    const size_t size = size_t{1} << 28;
    void *stack = mmap(nullptr, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    CHECK(stack != MAP_FAILED);
    pthread_attr_t attributes;
    pthread_t thread;
    CHECK(pthread_attr_init(&attributes) == 0 && pthread_attr_setstack(&attributes, stack, size) == 0);
    CHECK(pthread_create(
              &thread, &attributes,
              [](void *argument) -> void * {
                  const auto &call = *static_cast<Deepest *>(argument);
                  std::vector<llama_token> tokens(call.text.size());
                  llama_tokenize(
                      llama_model_get_vocab(call.vocabulary.model()), call.text.data(),
                      static_cast<int32_t>(call.text.size()), tokens.data(), static_cast<int32_t>(tokens.size()), false,
                      false);
                  return nullptr;
              },
              &deepest) == 0);
    pthread_join(thread, nullptr);
    const auto *bytes = static_cast<const unsigned char *>(stack);
    size_t untouched = 0;
    while (untouched < size && bytes[untouched] == 0) {
        ++untouched;
    }
    munmap(stack, size);
    const size_t per_character = (size - untouched) / text.size();
    std::printf("%zu bytes of stack a character\n", per_character);
    CHECK(per_character * 2 < stack_bytes_per_character);
}

void without_address_space_it_says_so() {
    bool called = false;
    CHECK(!run_on_deep_stack(size_t{1} << 60, [](void *flag) { *static_cast<bool *>(flag) = true; }, &called));
    CHECK(!called);
}

}  // namespace

int main() {
    capture_log();
    char path[] = "/tmp/espalier-vocabulary-XXXXXX";
    const int file = mkstemp(path);
    CHECK(file >= 0);
    close(file);
    for (const char *pre : pre_tokenizers) {
        runs_of_every_kind(Vocabulary(pre, path));
    }
    what_is_too_long_is_refused(Vocabulary("llama-bpe", path));
    digits_whose_time_grows_by_their_square_are_refused(Vocabulary("superbpe", path));
    spaces_whose_time_grows_by_their_square_are_refused(Vocabulary("deepseek-llm", path));
    a_text_of_far_too_many_tokens_is_cut(Vocabulary("llama-bpe", path));
    a_stack_has_room_to_spare(Vocabulary("deepseek-v3", path));
    without_address_space_it_says_so();
    unlink(path);
    return 0;
}
