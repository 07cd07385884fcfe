package catalog

import (
	_ "embed"
	"sync"
)

// A Development is the making of a published model as Epoch AI worked it out:
// people named, time, what staff and the whole cost, USD of 2023. Zero is not
// published.
type Development struct {
	Model                     string
	Contributors, FLOP, Days  float64
	Staff, StaffLo, StaffHi   float64 // 95 % interval
	Total, TotalLo, TotalHi   float64 // 90 % interval
	Hardware                  string
	ChipHours                 float64 // of the final run
	Source, Date, Note, Trust string
}

//go:embed data/developments.csv
var developmentsCSV string

var developments = sync.OnceValue(func() []Development {
	var out []Development
	eachRow(developmentsCSV, func(r []string) {
		out = append(out, Development{Model: r[0], Contributors: number(r[1]), FLOP: number(r[2]), Days: number(r[3]),
			Staff: number(r[4]), StaffLo: number(r[5]), StaffHi: number(r[6]), Total: number(r[7]), TotalLo: number(r[8]), TotalHi: number(r[9]),
			Hardware: r[10], ChipHours: number(r[11]), Source: r[12], Date: r[13], Trust: r[14], Note: r[15]})
	})
	return out
})

// Developments lists the table. Read only.
func Developments() []Development { return developments() }
