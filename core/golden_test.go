package core_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"math"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// A goldenFunc answers one row of the golden table with the functions that the
// product uses. A panic with a string says what is wrong with the row.
type goldenFunc func(in map[string]any) (float64, error)

// num reads a number of the row, 0 when the row has none.
func num(in map[string]any, key string) float64 { return numOr(in, key, 0) }

// numOr reads a number of the row that may be missing.
func numOr(in map[string]any, key string, def float64) float64 {
	v, there := in[key]
	if !there {
		return def
	}
	x, ok := v.(float64)
	if !ok {
		panic(fmt.Sprintf("%q is %v, not a number", key, v))
	}
	return x
}

// flag reads a switch of the row, off when missing.
func flag(in map[string]any, key string) bool { v, _ := in[key].(bool); return v }

// text reads a word of the row, empty when missing.
func text(in map[string]any, key string) string { v, _ := in[key].(string); return v }

// goldenPending lists formulas that no room computes yet.
var goldenPending = map[string]bool{}

// goldenUndetermined lists rows whose inputs and formula do not lead to one answer, with the reason.
var goldenUndetermined = map[string]string{}

// TestGolden reproduces published values: one subtest per row of
// testdata/golden.csv, or of the file that FLOPBOOK_GOLDEN names.
func TestGolden(t *testing.T) {
	rows, _ := goldenRows(t, "FLOPBOOK_GOLDEN", "testdata/golden.csv", "id", "formula", "inputs(json)", "expected", "rel_tolerance")

	all := map[string]goldenFunc{}
	for _, part := range []map[string]goldenFunc{goldenModel, goldenTrain, goldenScaling} {
		for id, fn := range part {
			if all[id] != nil {
				t.Errorf("formula %s is registered twice", id)
			}
			all[id] = fn
		}
	}

	passed, pending, undetermined := map[string]int{}, map[string]int{}, []string{}
	for _, cell := range rows {
		id, formula := cell("id"), cell("formula")
		t.Run(id, func(t *testing.T) {
			if why, ok := goldenUndetermined[id]; ok {
				undetermined = append(undetermined, id+": "+why)
				t.Skip(why)
			}
			fn := all[formula]
			switch {
			case fn == nil && goldenPending[formula]:
				pending[formula]++
				t.Skipf("%s is not computed yet", formula)
			case fn == nil:
				t.Fatalf("formula %q is unknown", formula)
			}
			in := map[string]any{}
			if err := json.Unmarshal([]byte(cell("inputs(json)")), &in); err != nil {
				t.Fatal(err)
			}
			want, err := strconv.ParseFloat(cell("expected"), 64)
			if err != nil {
				t.Fatal(err)
			}
			tolerance, err := strconv.ParseFloat(cell("rel_tolerance"), 64)
			if err != nil {
				t.Fatal(err)
			}
			defer func() {
				if r := recover(); r != nil {
					t.Fatalf("%s: %v", formula, r)
				}
			}()
			got, err := fn(in)
			if err != nil {
				t.Fatalf("%s: %v", formula, err)
			}
			if !(math.Abs(got-want) <= tolerance*math.Abs(want)) {
				t.Errorf("%s(%s) = %.10g, published %.10g, off by %+.3g, tolerance %g", formula, cell("inputs(json)"), got, want, got/want-1, tolerance)
				return
			}
			passed[formula]++
		})
	}
	total := 0
	for _, n := range passed {
		total += n
	}
	t.Logf("%d rows of %d formulas reproduced", total, len(passed))
	if len(undetermined) > 0 {
		t.Logf("undetermined: %s", strings.Join(undetermined, "; "))
	}
	if len(pending) > 0 {
		t.Logf("pending %d ids: %s", len(pending), strings.Join(slices.Sorted(maps.Keys(pending)), ", "))
	}
}
