#include "report/responses_json.hpp"

#include "report/evidence_json.hpp"
#include "report/json_parts.hpp"

namespace assay {
namespace {

Json number_cell_json(const NumberCell& cell) {
    return Json::Object{{"pairs", count(cell.pairs)},
                        {"equal", count(cell.equal)},
                        {"size", figure_json(cell.size)},
                        {"difference", figure_json(cell.difference)},
                        {"largest", cell.pairs > 0 ? Json(cell.largest) : Json()},
                        {"empty_reason", text_or_null(cell.empty_reason)}};
}

Json number_row_json(const NumberRow& row) {
    return Json::Object{{"factor", row.factor},
                        {"kind", kind_name(row.kind)},
                        {"cells", list(row.cells, number_cell_json)},
                        {"level_pairs", list(row.level_pairs, [](const NumberLevels& pair) {
                             return Json(Json::Object{{"first", pair.first},
                                                      {"second", pair.second},
                                                      {"unpaired", pair.unpaired},
                                                      {"cell", number_cell_json(pair.cell)}});
                         })}};
}

Json place_json(const NumberPlace& place) {
    return Json::Object{{"where", text_or_null(place.where)},
                        {"runs", count(place.runs)},
                        {"mean", place.mean},
                        {"min", place.least},
                        {"max", place.largest},
                        {"deviation", figure_json(place.deviation)}};
}

Json better_json(Better better) {
    if (better == Better::unknown) return {};
    return better == Better::higher ? "higher" : "lower";
}

Json response_json(const Response& response) {
    return Json::Object{{"name", response.name},
                        {"source", response.source == ResponseSource::computed ? "computed" : "reported"},
                        {"better", better_json(response.better)},
                        {"primary", response.primary},
                        {"runs", count(response.runs)},
                        {"without", count(response.without)},
                        {"notes", texts(response.notes)},
                        {"values", list(response.values, optional_number)},
                        {"places", list(response.places, place_json)},
                        {"rows", list(response.rows, number_row_json)},
                        {"evidence", evidence_json(response.evidence)}};
}

}  // namespace

Json responses_json(const std::vector<Response>& responses) { return list(responses, response_json); }

}  // namespace assay
