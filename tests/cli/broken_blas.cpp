// Stands for OpenBLAS where a test wants the program to meet what it cannot foresee.
#include <stdexcept>

extern "C" void dsyrk_(...) { throw std::runtime_error("dsyrk_ of the test"); }
