# An audit of a program that was built against the installed assay, by the installed assay, then a look into the report.
# In: ASSAY (the program), SPEC, FILES (what the spec's folder needs), RUNS (how many there are, none failed), and
# optionally BARE (a program that must work outside the harness, too, and leave no file).
file(REMOVE_RECURSE audit)
file(MAKE_DIRECTORY audit/bare)
file(COPY ${FILES} ${SPEC} DESTINATION audit)
get_filename_component(spec ${SPEC} NAME)
if(BARE)
  execute_process(COMMAND ../${BARE} WORKING_DIRECTORY audit/bare OUTPUT_VARIABLE text COMMAND_ERROR_IS_FATAL ANY)
  file(GLOB left audit/bare/*)
  if(left OR NOT text MATCHES "accuracy")
    message(FATAL_ERROR "outside the harness it printed '${text}' and left '${left}'")
  endif()
endif()

execute_process(COMMAND ${ASSAY} run ${spec} WORKING_DIRECTORY audit
  OUTPUT_VARIABLE text ERROR_VARIABLE errors RESULT_VARIABLE code)
message("${text}${errors}")
if(NOT code EQUAL 0)
  message(FATAL_ERROR "assay run ended with ${code}")
endif()
execute_process(COMMAND ${ASSAY} report -o report.json WORKING_DIRECTORY audit OUTPUT_QUIET COMMAND_ERROR_IS_FATAL ANY)
file(READ audit/report.json report)
string(JSON runs LENGTH ${report} runs)
string(JSON failed LENGTH ${report} failed)
string(JSON errors LENGTH ${report} errors)
if(NOT runs EQUAL RUNS OR NOT failed EQUAL 0 OR NOT errors EQUAL 0)
  message(FATAL_ERROR "${runs} runs for ${RUNS}, ${failed} failed, ${errors} errors")
endif()
