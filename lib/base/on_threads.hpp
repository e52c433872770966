// The same work on several threads.
#pragma once

#include <atomic>
#include <exception>
#include <mutex>
#include <thread>
#include <vector>

namespace assay {

// Cores that this process may run on (its affinity), at least 1.
int usable_cores();

// Calls work(0) ... work(n_threads - 1), each on a thread of its own (the caller's is the first), and returns when all
// are done. Precondition: n_threads > 0; work throws nothing.
template <class Work>
void on_threads(unsigned n_threads, const Work& work) {
    std::vector<std::jthread> others;
    for (unsigned t = 1; t < n_threads; ++t) others.emplace_back([&work, t] { work(t); });
    work(0U);
}

// Calls work(0) ... work(n_items - 1), each once, in this order where n_threads is 1: whoever is free takes the next.
// An exception ends it, and the first one is thrown when all threads are done.
template <class Work>
void each_on_threads(unsigned n_threads, std::size_t n_items, const Work& work) {
    std::atomic<std::size_t> next{0};
    std::mutex guard;
    std::exception_ptr first;
    on_threads(n_threads, [&](unsigned) {
        try {
            for (std::size_t i = next++; i < n_items; i = next++) work(i);
        } catch (...) {
            next = n_items;
            const std::scoped_lock lock(guard);
            if (first == nullptr) first = std::current_exception();
        }
    });
    if (first != nullptr) std::rethrow_exception(first);
}

}  // namespace assay
