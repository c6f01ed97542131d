package report

import _ "embed"

// Schema is the JSON Schema (draft 2020-12) of the format json: of a report, a
// cohort, and what was measured.
//
//go:embed schema.json
var Schema []byte
