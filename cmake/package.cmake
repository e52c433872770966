# What is installed for other projects: headers below include/assay, static libraries, and assayConfig.cmake.
include(CMakePackageConfigHelpers)
include(GNUInstallDirs)
set(assay_package_dir ${CMAKE_INSTALL_LIBDIR}/cmake/assay)

# A room's target as assay::room_NAME.
function(assay_export_room target name set)
  target_include_directories(${target} INTERFACE $<INSTALL_INTERFACE:${CMAKE_INSTALL_INCLUDEDIR}>)
  target_compile_features(${target} PUBLIC cxx_std_20)
  set_target_properties(${target} PROPERTIES EXPORT_NAME room_${name})
  install(TARGETS ${target} EXPORT ${set} ARCHIVE DESTINATION ${CMAKE_INSTALL_LIBDIR})
endfunction()

# What other projects link: assay::NAME, the rooms behind one word.
function(assay_export name set)
  add_library(assay_package_${name} INTERFACE)
  add_library(assay::${name} ALIAS assay_package_${name})
  target_link_libraries(assay_package_${name} INTERFACE ${ARGN})
  set_target_properties(assay_package_${name} PROPERTIES EXPORT_NAME ${name})
  install(TARGETS assay_package_${name} EXPORT ${set})
endfunction()

# assay_install_headers(FOLDER header ...): see install_headers.cmake.
function(assay_install_headers from)
  install(CODE "set(FROM \"${from}\")
    set(HEADERS \"${ARGN}\")
    set(TO \"\${CMAKE_INSTALL_PREFIX}/${CMAKE_INSTALL_INCLUDEDIR}/assay\")
    include(\"${CMAKE_SOURCE_DIR}/cmake/install_headers.cmake\")")
endfunction()

set(core_rooms "")
foreach(room base core archive fingerprint stats analysis gate)
  if(TARGET assay_${room})
    assay_export_room(assay_${room} ${room} assayCoreTargets)
    list(APPEND core_rooms assay_${room})
    file(GLOB headers CONFIGURE_DEPENDS RELATIVE ${CMAKE_SOURCE_DIR}/lib ${CMAKE_SOURCE_DIR}/lib/${room}/*.hpp)
    assay_install_headers(${CMAKE_SOURCE_DIR}/lib ${headers})
  endif()
endforeach()
# The protocol, for trainers of one's own.
assay_export_room(assay_trainer trainer assayCoreTargets)
assay_install_headers(${CMAKE_SOURCE_DIR}/harness trainer/trainer.hpp=trainer.hpp)
assay_export(core assayCoreTargets ${core_rooms} assay_trainer)
install(EXPORT assayCoreTargets NAMESPACE assay:: DESTINATION ${assay_package_dir})

if(Torch_FOUND)
  assay_export_room(assay_torch_lib torch assayTorchTargets)
  assay_export_room(assay_torch_own torch_own assayTorchTargets)
  file(GLOB headers CONFIGURE_DEPENDS RELATIVE ${CMAKE_SOURCE_DIR}/lib ${CMAKE_SOURCE_DIR}/lib/torch/*.hpp)
  assay_install_headers(${CMAKE_SOURCE_DIR}/lib ${headers})
  assay_install_headers(${CMAKE_SOURCE_DIR}/harness torch/own_training.hpp=torch/training.hpp)
  assay_export(torch assayTorchTargets assay_torch_own assay_torch_lib assay_package_core)
  install(EXPORT assayTorchTargets NAMESPACE assay:: DESTINATION ${assay_package_dir})
endif()

# Packages of the libraries that the rooms link, for the installed configuration to look up.
set(assay_dependencies "")
foreach(room ${core_rooms} assay_trainer)
  get_target_property(libraries ${room} INTERFACE_LINK_LIBRARIES)
  foreach(library ${libraries})
    if(NOT library MATCHES "BUILD_INTERFACE|assay::" AND library MATCHES "([A-Za-z0-9_]+)::")
      string(REGEX REPLACE "^SQLite$" "SQLite3" package ${CMAKE_MATCH_1})
      list(APPEND assay_dependencies "find_dependency(${package})")
    endif()
  endforeach()
endforeach()
list(REMOVE_DUPLICATES assay_dependencies)
list(JOIN assay_dependencies "\n" assay_dependencies)
configure_package_config_file(cmake/assayConfig.cmake.in ${CMAKE_BINARY_DIR}/assayConfig.cmake
  INSTALL_DESTINATION ${assay_package_dir} NO_SET_AND_CHECK_MACRO)
write_basic_package_version_file(${CMAKE_BINARY_DIR}/assayConfigVersion.cmake COMPATIBILITY SameMinorVersion)
install(FILES ${CMAKE_BINARY_DIR}/assayConfig.cmake ${CMAKE_BINARY_DIR}/assayConfigVersion.cmake
  ${CMAKE_SOURCE_DIR}/cmake/assay_libraries.cmake DESTINATION ${assay_package_dir})
