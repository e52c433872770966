# Libraries without a CMake package of their own, as targets. Read by the build and by the installed assayConfig.cmake,
# so that neither holds a path of the machine that built it.
function(assay_imported_library name header library)
  if(TARGET assay::${name})
    return()
  endif()
  string(TOUPPER ${name} upper)
  find_path(${upper}_INCLUDE ${header} REQUIRED)
  find_library(${upper}_LIBRARY ${library} REQUIRED)
  mark_as_advanced(${upper}_INCLUDE ${upper}_LIBRARY)
  add_library(assay::${name} UNKNOWN IMPORTED GLOBAL)
  set_target_properties(assay::${name} PROPERTIES
    IMPORTED_LOCATION "${${upper}_LIBRARY}" INTERFACE_INCLUDE_DIRECTORIES "${${upper}_INCLUDE}")
endfunction()

assay_imported_library(xxhash xxhash.h xxhash)
assay_imported_library(zstd zstd.h zstd)
