// Real decodes with a tiny model: whatever way tokens get into a sequence, what follows them is the same.
#include "context.h"

#include <atomic>
#include <chrono>
#include <cmath>
#include <thread>

#include "check.h"
#include "context_fixture.h"
#include "logging.h"

namespace {

using namespace espalier;

// Batches of other shapes add up in another order, in 16 bit.
constexpr double tolerance = 5e-3;

std::vector<int> tokens_from(int seed, int count) {
    std::vector<int> tokens;
    for (int i = 0; i < count; ++i) {
        tokens.push_back(tiny_first_byte + (seed * 37 + i * 11) % 200);
    }
    return tokens;
}

std::vector<int> joined(std::vector<int> a, const std::vector<int> &b) {
    a.insert(a.end(), b.begin(), b.end());
    return a;
}

void expect_same(const std::vector<float> &a, const std::vector<float> &b) {
    CHECK(a.size() == b.size());
    for (size_t i = 0; i < a.size(); ++i) {
        CHECK_NEAR(a[i], b[i], tolerance);
    }
}

const std::vector<int> prefix = tokens_from(1, 24);
const std::vector<int> left = tokens_from(2, 5);
const std::vector<int> right = tokens_from(3, 7);

void a_fork_continues_like_the_whole_path(const Model &model, bool unified) {
    Session session(model, unified);
    const std::vector<float> whole = session.decode(0, joined(prefix, left));
    session.decode(1, prefix);
    session.step.clear().copy(1, 2, static_cast<int>(prefix.size()));
    CHECK(session.run() == Status::done);
    const int at = static_cast<int>(prefix.size());
    expect_same(session.decode(2, left, at), whole);
    const std::vector<float> other = session.decode(1, right, at);
    Session fresh(model, unified);
    expect_same(fresh.decode(0, joined(prefix, right)), other);
}

void a_partial_fork_drops_the_rest(const Model &model, bool unified) {
    Session session(model, unified);
    session.decode(0, joined(prefix, right));
    session.step.clear().copy(0, 1, static_cast<int>(prefix.size()));
    CHECK(session.run() == Status::done);
    Session fresh(model, unified);
    expect_same(session.decode(1, left, static_cast<int>(prefix.size())), fresh.decode(0, joined(prefix, left)));
}

void forks_of_forks_in_one_batch(const Model &model, bool unified) {
    Session session(model, unified);
    const int at = static_cast<int>(prefix.size());
    session.decode(0, prefix);
    // 1 takes the prefix from 0 and passes it on to 2, 0 goes, and 3 gets it from 2: in this order.
    session.step.clear().copy(0, 1, at).copy(1, 2, at).remove(0, 0).copy(2, 3, at).remove(1, 0);
    CHECK(session.run() == Status::done);
    Session fresh(model, unified);
    expect_same(session.decode(3, left, at), fresh.decode(0, joined(prefix, left)));
    expect_same(session.decode(0, joined(prefix, right)), fresh.decode(1, joined(prefix, right)));
}

void a_rollback_forgets(const Model &model, bool unified) {
    Session session(model, unified);
    session.decode(0, joined(prefix, right));
    session.step.clear().remove(0, static_cast<int>(prefix.size()));
    CHECK(session.run() == Status::done);
    Session fresh(model, unified);
    expect_same(session.decode(0, left, static_cast<int>(prefix.size())), fresh.decode(0, joined(prefix, left)));
}

// Sequences with different numbers of tokens, in any order: streams split such a batch.
void siblings_share_a_batch(const Model &model, bool unified, int first, int second) {
    Session session(model, unified);
    const int at = static_cast<int>(prefix.size());
    session.decode(first, prefix);
    session.step.clear().copy(first, second, at);
    for (int i = 0; i < static_cast<int>(right.size()); ++i) {
        if (i < static_cast<int>(left.size())) {
            session.step.token(left[i], at + i, first);
        }
        session.step.token(right[i], at + i, second);
    }
    const int last_left = 2 * static_cast<int>(left.size()) - 2;
    const int last_right = static_cast<int>(left.size() + right.size()) - 1;
    session.step.row(last_left, target_row, 50).row(last_right, target_row, 60).row(last_left, target_row, 70);
    CHECK(session.run() == Status::done);
    Session fresh(model, unified);
    const std::vector<float> after_left = fresh.decode(0, joined(prefix, left));
    const std::vector<float> after_right = fresh.decode(1, joined(prefix, right));
    CHECK_NEAR(session.step.out(0).log_prob, after_left[50], tolerance);
    CHECK_NEAR(session.step.out(1).log_prob, after_right[60], tolerance);
    CHECK_NEAR(session.step.out(2).log_prob, after_left[70], tolerance);
}

void no_space_leaves_all_as_it_was(const Model &model, bool unified) {
    // Unified: 256 cells for all. Streams: 256 for each.
    Session session(model, unified, 256, unified ? 4 : 1);
    const std::vector<int> part = tokens_from(4, 64);
    for (int i = 0; i < 3; ++i) {
        session.decode(0, part, 64 * i);
    }
    session.decode(0, tokens_from(5, 60), 192);
    session.step.clear();
    for (int i = 0; i < 8; ++i) {
        session.step.token(20, 252 + i, 0);
    }
    CHECK(session.run() == Status::no_space);
    const std::vector<float> after = session.decode(0, {20, 21, 22, 23}, 252);
    Session fresh(model, unified, 512, 1);
    for (int i = 0; i < 3; ++i) {
        fresh.decode(0, part, 64 * i);
    }
    fresh.decode(0, tokens_from(5, 60), 192);
    expect_same(after, fresh.decode(0, {20, 21, 22, 23}, 252));
}

void an_abort_leaves_all_as_it_was(const Model &model, bool unified, bool recurrent) {
    Session session(model, unified);
    const int at = static_cast<int>(prefix.size());
    session.decode(0, prefix);
    const auto fill = [&] {
        session.step.clear();
        for (size_t i = 0; i < left.size(); ++i) {
            session.step.token(left[i], at + static_cast<int>(i), 0);
        }
        for (size_t i = 0; i < right.size(); ++i) {
            session.step.token(right[i], static_cast<int>(i), 1);
        }
    };
    fill();
    CHECK(session.run(0) == Status::aborted);
    fill();
    session.context->interrupt();
    CHECK(session.run() == Status::aborted);

    // In the middle of the decode, at ever later moments, until it is through.
    Status status = Status::aborted;
    int cleared = 0;
    for (int64_t nanos = 20000; status != Status::done; nanos += nanos / 4) {
        fill();
        status = session.run(nanos);
        CHECK(status == Status::done || status == (recurrent ? status : Status::aborted));
        if (status == Status::cleared) {
            ++cleared;
            session.decode(0, prefix);
        }
    }
    CHECK(recurrent || cleared == 0);
    Session fresh(model, unified);
    expect_same(
        session.decode(0, {30}, at + static_cast<int>(left.size())),
        fresh.decode(0, joined(joined(prefix, left), {30})));
    expect_same(session.decode(1, {31}, static_cast<int>(right.size())), fresh.decode(1, joined(right, {31})));
}

void interrupts_from_another_thread(const Model &model) {
    Session session(model, true, 1024, 4, 2);
    std::atomic<bool> over{false};
    std::thread other([&] {
        while (!over) {
            session.context->interrupt();
            std::this_thread::sleep_for(std::chrono::microseconds(300));
        }
    });
    int aborted = 0;
    for (int run = 0; run < 2000 && aborted < 20; ++run) {
        session.step.clear();
        for (int i = 0; i < 48; ++i) {
            session.step.token(20 + i, i, 0);
        }
        const Status status = session.run();
        CHECK(status == Status::done || status == Status::aborted);
        aborted += status == Status::aborted;
        session.step.clear().remove(0, 0);
        CHECK(session.run() == Status::done);
    }
    over = true;
    other.join();
    CHECK(aborted == 20);
}

void samples_alike_with_any_number_of_threads(const Model &model) {
    Session one(model, true, 1024, 4, 1);
    Session two(model, true, 1024, 4, 2);
    for (Session *session : {&one, &two}) {
        session->step.clear();
        for (int i = 0; i < 16; ++i) {
            session->step.token(prefix[i], i, 0);
        }
        for (int row = 0; row < 64; ++row) {
            session->step.sample(row % 16, {0.5f + 0.02f * static_cast<float>(row), row % 5 * 10, 1, 0}, row * 77);
        }
        CHECK(session->run() == Status::done);
    }
    for (int row = 0; row < 64; ++row) {
        CHECK(one.step.out(row).token == two.step.out(row).token);
        CHECK(one.step.out(row).log_prob == two.step.out(row).log_prob);
        CHECK(one.step.out(row).entropy == two.step.out(row).entropy);
    }
}

// Draws the token that the reply has most often, of equals the likeliest; what is told of it is as if nothing were changed.
void expect_counted(Session &session, int changes, int sequence, const std::vector<int> &path, int reply) {
    const int last = static_cast<int>(path.size()) - 1;
    session.step.clear().token(path[last], last, sequence);
    for (int token = 0; token < tiny_vocabulary; ++token) {
        session.step.row(0, target_row, token);
    }
    for (int row = 0; row < 2; ++row) {
        session.step.sample(0, {0, 0, 1, 0}, 1).changes(changes, reply).likely(row * 3);
    }
    CHECK(session.run() == Status::done);
    int best = 0;
    int likeliest = 0;
    std::vector<int> counts(tiny_vocabulary);
    for (size_t i = reply; i < path.size(); ++i) {
        ++counts[path[i]];
    }
    const auto log_prob = [&](int token) { return session.step.out(token).log_prob; };
    for (int token = 0; token < tiny_vocabulary; ++token) {
        if (counts[token] > counts[best] || (counts[token] == counts[best] && log_prob(token) > log_prob(best))) {
            best = token;
        }
        likeliest = log_prob(token) > log_prob(likeliest) ? token : likeliest;
    }
    for (int row = tiny_vocabulary; row < tiny_vocabulary + 2; ++row) {
        const RowOut out = session.step.out(row);
        CHECK(out.token == best);
        CHECK(out.log_prob == log_prob(best));
    }
    const RowOut told = session.step.out(tiny_vocabulary + 1);
    CHECK(told.likely[0].first == likeliest);
    for (int i = 0; i < 3; ++i) {
        CHECK(told.likely[i].second == log_prob(told.likely[i].first));
        CHECK(i == 0 || told.likely[i].second <= told.likely[i - 1].second);
    }
}

void counts_the_tokens_of_each_branch(const Model &model, bool unified, bool recurrent) {
    Session session(model, unified);
    LogitChanges most;
    most.frequency = -50;
    const int changes = session.context->open_changes(most);
    CHECK(changes == 1);
    const int reply = static_cast<int>(prefix.size()) - 1;
    session.decode(0, prefix);
    session.step.clear().copy(0, 1, reply + 1).copy(0, 2, reply + 1);
    CHECK(session.run() == Status::done);
    std::vector<std::vector<int>> paths{joined(prefix, {40, 50, 50}), joined(prefix, {60, 40, 60}), prefix};
    for (int sequence : {0, 1}) {
        for (int at = reply + 1; at < reply + 4; ++at) {
            const std::vector<int> &path = paths[sequence];
            expect_counted(session, changes, sequence, {path.begin(), path.begin() + at + 1}, reply);
        }
    }
    paths[2] = joined(prefix, {70, 70, 71});
    session.decode(2, {70, 70}, reply + 1);
    expect_counted(session, changes, 2, paths[2], reply + 1);
    // A reply of no token at all is changed by nothing.
    session.step.clear().token(40, reply + 4, 0).sample(0, {0, 0, 1, 0}, 1).changes(changes, reply + 5);
    session.step.sample(0, {0, 0, 1, 0}, 1);
    CHECK(session.run() == Status::done);
    CHECK(session.step.out(0).token == session.step.out(1).token);
    // Later begins than there is.
    session.step.clear().token(41, reply + 5, 0).sample(0, {0, 0, 1, 0}, 1).changes(changes, reply + 7);
    CHECK(session.run() == Status::invalid);
    if (!recurrent) {
        session.step.clear().remove(1, reply + 2);
        CHECK(session.run() == Status::done);
        expect_counted(session, changes, 1, joined(prefix, {60, 30}), reply);
    }
    std::vector<uint8_t> state;
    CHECK(session.context->save(2, state) == Status::done);
    CHECK(session.context->restore(3, state.data(), state.size()) == Status::done);
    // What came before a restored place is not known.
    const int at = static_cast<int>(paths[2].size());
    expect_counted(session, changes, 3, joined(paths[2], {80}), at);
    session.context->clear();
    expect_counted(session, changes, 0, {90}, 0);
    session.context->close_changes(changes);
    session.step.clear().token(91, 1, 0).sample(0, {0, 0, 1, 0}, 1).changes(changes, 0);
    CHECK(session.run() == Status::invalid);
}

void changes_logits_of_rows(const Model &model) {
    Session session(model, true, 1024, 4, 2);
    LogitChanges wanted;
    wanted.bias = {{77, 100}};
    LogitChanges banned;
    banned.bias = {{77, -100}};
    CHECK(session.context->open_changes(wanted) == 1);
    CHECK(session.context->open_changes(banned) == 2);
    const int grammar = session.context->open_grammar("root ::= [0-9]{8}");
    session.step.clear();
    for (int i = 0; i < 4; ++i) {
        session.step.token(prefix[i], i, 0);
    }
    for (int row = 0; row < 40; ++row) {
        session.step.sample(row / 10, {0.7f + static_cast<float>(row % 2), 0, 1, 0}, row);
        if (row % 5 < 4) {
            session.step.changes(1 + row % 5 % 2, 0);
        }
        if (row % 5 == 3) {
            session.step.grammar(grammar, 0);
        }
    }
    CHECK(session.run() == Status::done);
    for (int row = 0; row < 40; ++row) {
        const RowOut out = session.step.out(row);
        CHECK(std::isfinite(out.log_prob) && out.log_prob < 0);
        CHECK(row % 5 == 4 || (row % 5 % 2 == 0) == (out.token == 77));
        CHECK(row % 5 != 3 || (out.token >= tiny_first_byte + '0' && out.token <= tiny_first_byte + '9'));
    }
    LogitChanges wrong;
    wrong.bias = {{tiny_vocabulary, 1}};
    CHECK(session.context->open_changes(wrong) == 0);
    CHECK(message().find("not in the vocabulary") != std::string::npos);
    wrong.bias = {{1, std::nanf("")}};
    CHECK(session.context->open_changes(wrong) == 0);
    session.step.clear().token(1, 4, 0).sample(0, {0, 0, 1, 0}, 1).likely(21);
    CHECK(session.run() == Status::invalid);
}

void watches_tokens(const Model &model) {
    Session session(model, true);
    const int32_t ids[] = {50, 60, 260};
    CHECK(session.context->watch(ids, 3) == Status::done);
    const std::vector<float> all = session.decode(0, prefix);
    session.step.clear().remove(0, static_cast<int>(prefix.size()) - 1);
    session.step.token(prefix.back(), static_cast<int>(prefix.size()) - 1, 0).row(0, watch_row);
    CHECK(session.run() == Status::done);
    for (int i = 0; i < 3; ++i) {
        CHECK_NEAR(session.step.out(0).watched[i], all[ids[i]], tolerance);
    }
    const int32_t unknown = tiny_vocabulary;
    CHECK(session.context->watch(&unknown, 1) == Status::invalid);
    CHECK(session.context->watch(ids, 9) == Status::invalid);
}

void saves_and_restores(const Model &model, bool unified, bool recurrent) {
    Session session(model, unified);
    const int at = static_cast<int>(prefix.size());
    session.decode(0, prefix);
    std::vector<uint8_t> state;
    CHECK(session.context->save(0, state) == Status::done);
    const std::vector<float> after = session.decode(0, left, at);
    // The fork's data is copied by the next decode only, but it can be saved now.
    session.step.clear().copy(0, 2, at + static_cast<int>(left.size()));
    CHECK(session.run() == Status::done);
    std::vector<uint8_t> forked;
    const Status saved = session.context->save(2, forked);
    CHECK(saved == (recurrent && !unified ? Status::invalid : Status::done));
    if (saved == Status::done) {
        CHECK(session.context->restore(3, forked.data(), forked.size()) == Status::done);
        Session fresh(model, unified);
        expect_same(
            session.decode(3, {33}, at + static_cast<int>(left.size())),
            fresh.decode(0, joined(joined(prefix, left), {33})));
    } else {
        session.decode(3, {33});
    }
    CHECK(session.context->restore(1, state.data(), state.size()) == Status::done);
    expect_same(session.decode(1, left, at), after);

    CHECK(session.context->restore(1, state.data(), state.size() / 2) == Status::failed);
    CHECK(session.context->restore(9, state.data(), state.size()) == Status::invalid);
    CHECK(session.context->save(-1, state) == Status::invalid);
    expect_same(session.decode(1, prefix), Session(model, unified).decode(0, prefix));
}

void two_contexts_take_turns(const Model &model) {
    std::vector<std::thread> threads;
    for (int t = 0; t < 2; ++t) {
        threads.emplace_back([&model] {
            Session session(model, true, 1024, 4, 2);
            const std::vector<float> expected = session.decode(0, prefix);
            for (int i = 0; i < 20; ++i) {
                session.step.clear().remove(0, 0);
                CHECK(session.run() == Status::done);
                expect_same(session.decode(0, prefix), expected);
            }
        });
    }
    for (std::thread &thread : threads) {
        thread.join();
    }
}

// A token whose embedding is not a number spoils its own row; what is computed once the cache has been cleared is as ever.
void a_row_that_is_no_number_leaves_nothing_behind(TinyModel kind, bool unified, bool flash) {
    const int spoilt = tiny_first_byte + 250;
    const Model model(kind, spoilt);
    Session session(model, unified, 1024, 4, 1, flash);
    const std::vector<float> expected = session.decode(0, joined(prefix, left));
    session.context->clear();
    session.decode(0, prefix);
    const int at = static_cast<int>(prefix.size());
    session.step.clear();
    for (size_t i = 0; i < left.size(); ++i) {
        session.step.token(left[i], at + static_cast<int>(i), 0);
    }
    session.step.token(spoilt, 0, 1).token(prefix[0], 1, 1);
    const int last = static_cast<int>(left.size());
    session.step.row(last - 1, target_row, 5).row(last, target_row, 5).row(last + 1, target_row, 5);
    CHECK(session.run() == Status::done);
    CHECK(session.step.out(1).status == row_not_a_number);
    CHECK(session.step.out(2).status == row_not_a_number);
    const bool beside = session.step.out(0).status == row_read;
    CHECK(session.step.words()[unreadable_rows_word] == (beside ? 2 : 3));
    session.step.clear().remove(1, 0).remove(0, 0).token(prefix[0], 0, 0).row(0, target_row, 5);
    CHECK(session.run() == Status::done);
    // Without flash attention llama.cpp multiplies what is masked as well, and what nobody has any more.
    CHECK(session.step.out(0).status == row_read || (unified && !flash));
    session.context->clear();
    expect_same(session.decode(0, joined(prefix, left)), expected);
    expect_same(session.decode(2, joined(prefix, left)), expected);
}

}  // namespace

int main() {
    const Model llama(TinyModel::llama);
    const Model mamba(TinyModel::mamba);
    for (bool unified : {true, false}) {
        for (const Model *model : {&llama, &mamba}) {
            const bool recurrent = model == &mamba;
            a_fork_continues_like_the_whole_path(*model, unified);
            forks_of_forks_in_one_batch(*model, unified);
            siblings_share_a_batch(*model, unified, 0, 1);
            siblings_share_a_batch(*model, unified, 3, 1);
            an_abort_leaves_all_as_it_was(*model, unified, recurrent);
            saves_and_restores(*model, unified, recurrent);
            counts_the_tokens_of_each_branch(*model, unified, recurrent);
        }
        a_partial_fork_drops_the_rest(llama, unified);
        a_rollback_forgets(llama, unified);
        no_space_leaves_all_as_it_was(llama, unified);
    }
    for (bool unified : {true, false}) {
        a_row_that_is_no_number_leaves_nothing_behind(TinyModel::llama, unified, true);
        a_row_that_is_no_number_leaves_nothing_behind(TinyModel::llama, unified, false);
        a_row_that_is_no_number_leaves_nothing_behind(TinyModel::mamba, unified, true);
        a_row_that_is_no_number_leaves_nothing_behind(TinyModel::lfm2, unified, true);
    }
    interrupts_from_another_thread(llama);
    samples_alike_with_any_number_of_threads(llama);
    changes_logits_of_rows(llama);
    watches_tokens(llama);
    two_contexts_take_turns(llama);
    return 0;
}
