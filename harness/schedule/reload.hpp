// trainer.predict: the model that a run has saved, loaded in a fresh process and asked about the same inputs.
#pragma once

#include "core/reload.hpp"
#include "schedule/record.hpp"
#include "schedule/run_folder.hpp"

namespace assay {

// RUN/reload: its own run.json and an empty folder for the results, ASSAY_OUT; where the training wrote is
// ASSAY_TRAINED. All else as for the training. Error F0001 (exit 74) when it cannot be written.
RunFolder make_reload_folder(const RunFolder& trained, const AuditSpec& spec);

// Compares what it wrote with the completed run, whose member reload.json it becomes; what it printed goes into the
// run's log.
void take_reload(const RunFolder& reload, const AuditSpec& spec, const Ending& ending, FinishedRun& run);

}  // namespace assay
