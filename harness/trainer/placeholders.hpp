// ${name} in the words of a training command.
//
// ${args} (--lr=0.1 --batch=32, one word each: every parameter that the command does not name by ${NAME}),
// ${args_no_hyphens} (lr=0.1 batch=32), ${args_json_file} (a file with all parameters), ${seed}, ${seed.init}, ...,
// ${out}, ${run}, ${device}, ${threads}, ${NAME} for any parameter, software or environment factor; in trainer.predict
// also ${trained}, the folder that the training wrote. $$ is a dollar. No shell is involved.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "trainer/protocol.hpp"

namespace assay {

// Names between ${ and }, in order; an unclosed ${ gives its rest.
std::vector<std::string> placeholder_names(const std::string& word);
// Names that every run can fill in; factors come on top.
const std::vector<std::string>& known_placeholders();

// A command line split by blanks, single and double quotes; nothing when a quote is not closed.
std::optional<std::vector<std::string>> split_command(const std::string& line);

struct CommandFiles {
    std::filesystem::path parameters;    // ${args_json_file}
    std::filesystem::path trained = {};  // ${trained}; empty in a training command
};

// Precondition: the names were checked.
std::vector<std::string> expand_command(const std::vector<std::string>& command, const TrainerInput& input,
                                        const CommandFiles& files);

}  // namespace assay
