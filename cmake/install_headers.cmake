# Copies headers to TO, with their includes of each other as they are from outside: "core/run.hpp" becomes
# "assay/core/run.hpp". So an installed header never meets another project's core/run.hpp.
# In: FROM (a folder), TO (a folder), HEADERS (paths below FROM, each "path" or "path=name below TO").
foreach(header IN LISTS HEADERS)
  string(REPLACE "=" ";" names ${header})
  list(GET names 0 path)
  list(GET names -1 name)
  file(READ "${FROM}/${path}" text)
  string(REGEX REPLACE "#include \"([a-z_]+/)" "#include \"assay/\\1" text "${text}")
  set(target "$ENV{DESTDIR}${TO}/${name}")
  set(before "")
  if(EXISTS "${target}")
    file(READ "${target}" before)
  endif()
  if(NOT "${before}" STREQUAL "${text}")  # a header that is the same keeps its time: nothing is compiled again
    file(WRITE "${target}" "${text}")
  endif()
endforeach()
