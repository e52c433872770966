// The same work on several threads.
#pragma once

#include <thread>
#include <vector>

namespace assay {

// Calls work(0) ... work(n_threads - 1), each on a thread of its own (the caller's is the first), and returns when all
// are done. Precondition: n_threads > 0; work throws nothing.
template <class Work>
void on_threads(unsigned n_threads, const Work& work) {
    std::vector<std::jthread> others;
    for (unsigned t = 1; t < n_threads; ++t) others.emplace_back([&work, t] { work(t); });
    work(0U);
}

}  // namespace assay
