//go:build !js

package training

import (
	"os"
	"testing"

	"flopbook/app/fitting"
)

// gather is the measured steps and the report of their memory.
func gather(t testing.TB) ([]*Case, *fitting.MemoryReport) {
	var texts []string
	for _, f := range []string{"training_runs.csv", "training_runs_nanotron.csv"} {
		b, err := os.ReadFile("../../../core/testdata/" + f)
		if err != nil {
			t.Fatal(err)
		}
		texts = append(texts, string(b))
	}
	cases, memory, p := Gather(texts...)
	if p != nil {
		t.Fatal(p)
	}
	return cases, memory
}
