// An environment variable of this process, for the time of a test.
#pragma once

#include <cstdlib>
#include <string>

namespace assay::testing {

class Variable {
public:
    Variable(const char* name, const std::string& value) : name_(name) {
        const char* const before = std::getenv(name);
        had_ = before != nullptr;
        if (had_) before_ = before;
        ::setenv(name, value.c_str(), 1);
    }
    ~Variable() { had_ ? ::setenv(name_, before_.c_str(), 1) : ::unsetenv(name_); }
    Variable(const Variable&) = delete;
    Variable& operator=(const Variable&) = delete;

private:
    const char* name_;
    bool had_ = false;
    std::string before_;
};

}  // namespace assay::testing
