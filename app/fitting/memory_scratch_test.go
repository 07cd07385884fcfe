//go:build !js

package fitting

import (
	"flopbook/core/train"
	"fmt"
	"os"
	"testing"
)

func TestMemScratch(t *testing.T) {
	a, _ := os.ReadFile("/work/shared/data/training_runs_nanotron.csv")
	b, _ := os.ReadFile("/work/shared/data/training_runs.csv")
	n, p := ReadMemory(string(a))
	if p != nil {
		t.Fatal(p)
	}
	o, p := ReadMemory(string(b))
	if p != nil {
		t.Fatal(p)
	}
	rep := ReportMemory(n, o)
	rep.Print(os.Stdout)
	for i := range o {
		r := &o[i]
		if r.Source == "nanotron" || r.Skipped != "" || r.Measured == 0 {
			continue
		}
		v, _ := r.Predict(train.FindFramework(r.Frame))
		fmt.Printf("%s %s %s tp%d pp%d dp%d z%d b%d rc%d meas %.1f pred %.1f %+.2f\n", r.ID, r.Model, r.Recipe.Name, r.L.TP, r.L.PP, r.L.DP, r.L.ZeRO, r.L.Micro, r.L.Recompute, r.Measured/(1<<30), v/(1<<30), v/r.Measured-1)
	}
}
