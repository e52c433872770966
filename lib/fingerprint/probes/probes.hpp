// One probe for each thing that can change the bits of an answer: a machine in, fields out. Pure: what is not there
// gives no field. To add one: a file here, a row in one of the tables of environment.cpp, a look at the recorded
// machines' goldens.
#pragma once

#include <string>
#include <string_view>

#include "core/fingerprint.hpp"
#include "fingerprint/machine.hpp"

namespace assay {

void probe_cpu(const Machine& machine, Fingerprint& out);  // model, microcode, vector instructions, caches, topology
void probe_os(const Machine& machine, Fingerprint& out);   // release, kernel, libc
void probe_container(const Machine& machine, Fingerprint& out);  // kind, limits of processor time and memory
void probe_libraries(const Machine& machine, Fingerprint& out);  // loaded objects and their build-ids
void probe_blas(const Machine& machine, Fingerprint& out);       // each BLAS that is loaded, and its kernels
void probe_onednn(const Machine& machine, Fingerprint& out);
void probe_openmp(const Machine& machine, Fingerprint& out);
void probe_threads(const Machine& machine, Fingerprint& out);
void probe_floats(const Machine& machine, Fingerprint& out);  // rounding and denormal numbers
void probe_variables(const Machine& machine, Fingerprint& out);
void probe_gpu(const Machine& machine, Fingerprint& out);

// Whether a variable may be read at all: those that choose kernels, threads or numerics. Never the whole environment,
// which holds secrets.
bool is_numeric_variable(std::string_view name);
// Whether a loaded object computes: BLAS, libm, OpenMP, libtorch, CUDA and the like. By its file name.
bool is_numeric_library(std::string_view file_name);

// The file's name in a path.
std::string_view file_name_of(std::string_view path);
// "blas.", or "blas2." for the second library of a kind.
std::string numbered_prefix(const std::string& group, std::size_t index);
// A field of text that can be shown; none when the text is empty.
void add_text(Fingerprint& out, const std::string& name, FieldClass stability, std::string_view text);

}  // namespace assay
