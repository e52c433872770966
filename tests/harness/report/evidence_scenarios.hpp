// Statistics for the scenarios, chosen so that every word and every flag is shown once; no engine made them.
#pragma once

#include "core/evidence.hpp"

namespace assay::testing {

Evidence regular_evidence();        // four configurations, each with another verdict
Evidence troubled_evidence();       // too few seeds, one carries all; repeats differ
Evidence many_settings_evidence();  // more configurations than fit
Evidence three_levels_evidence();   // a systematic direction
Evidence blocks_evidence();         // seeds of three streams in blocks
Evidence seeds_alone_evidence();    // what three seeds can say

}  // namespace assay::testing
