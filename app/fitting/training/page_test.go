//go:build !js

package training

import (
	"bytes"
	"encoding/json"
	"math"
	"os"
	"testing"

	"flopbook/core/model"
	"flopbook/core/scenario"
)

const pageData = "../../../web/data/accuracy-steps.json"

// The page's file is what the proof writes from the shipped measurements, and
// small enough to fetch without a thought.
func TestPageFileIsFresh(t *testing.T) {
	was, err := os.ReadFile(pageData)
	if err != nil {
		t.Fatal(err)
	}
	var f pageFile
	if err := json.Unmarshal(was, &f); err != nil {
		t.Fatal(err)
	}
	now, err := proof(t).Page(f.Made)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(was, now) {
		t.Error("stale: run go run ./app fit --page web/data")
	}
	if len(was) > 150e3 {
		t.Errorf("%d bytes, more than 150 kB", len(was))
	}
}

// Each row of the page's file points to something, its interval holds its
// prediction, and each model opens as a case with the same parameters.
func TestPageFile(t *testing.T) {
	b, err := os.ReadFile(pageData)
	if err != nil {
		t.Fatal(err)
	}
	var f pageFile
	if err := json.Unmarshal(b, &f); err != nil {
		t.Fatal(err)
	}
	at := map[string]int{}
	for i, name := range f.Columns {
		at[name] = i
	}
	for _, r := range f.Rows {
		n := func(name string) float64 { v, _ := r[at[name]].(float64); return v }
		for name, size := range map[string]int{"source": len(f.Sources), "model": len(f.Models), "machine": len(f.Machines), "how": len(f.How), "recompute": len(f.Again), "framework": len(f.Frames)} {
			if i := int(n(name)); i < 0 || i >= size {
				t.Fatalf("%v: %s %d of %d", r, name, i, size)
			}
		}
		if !(n("lo") <= n("predicted") && n("predicted") <= n("hi") && n("lo") > 0 && n("measured") > 0) {
			t.Errorf("%v: %g not in %g to %g", r[0], n("predicted"), n("lo"), n("hi"))
		}
	}
	cases, _ := gather(t)
	arch := map[string]*model.Arch{}
	for _, c := range cases {
		arch[c.Model+shapeCase(c)] = &c.Arch
	}
	for _, m := range f.Models {
		s, _, problems := scenario.ParseFragment("v1;" + m.Case)
		if len(problems) > 0 {
			t.Errorf("%s: %v", m.Name, problems[0])
			continue
		}
		in, _ := scenario.Resolve(&s)
		var opened, measured model.Counts
		in.Arch.Count(&opened)
		arch[m.Name+m.Case].Count(&measured)
		// An extra prediction layer is one of about sixty; learned positions are left out.
		if d := opened.Total/measured.Total - 1; math.Abs(d) > 0.03 {
			t.Errorf("%s opens with %.4g parameters, the run has %.4g", m.Name, opened.Total, measured.Total)
		}
	}
	if len(f.Rows) < 1100 || len(f.Asked) < 15 || len(f.Families) != 8 || len(f.Scales) != 5 {
		t.Errorf("%d rows, %d figures asked, %d families, %d scales", len(f.Rows), len(f.Asked), len(f.Families), len(f.Scales))
	}
}

func TestLink(t *testing.T) {
	for place, want := range map[string]string{
		"github:VIA-Research/vTrain@f8dda84 data/ground_truth_multi.csv row 3 (MIT)": "https://github.com/VIA-Research/vTrain/blob/f8dda84/data/ground_truth_multi.csv",
		"arXiv:2205.05198 Table 5; github:calculon-ai/calculon@caa4b11 x.py":         "https://arxiv.org/abs/2205.05198",
		"github:a/b@1 train/README.md, line 3":                                       "https://github.com/a/b/blob/1/train/README.md",
		"github:a/b":                                                                 "https://github.com/a/b",
		"a note of somebody":                                                         "",
	} {
		if got := link(place); got != want {
			t.Errorf("%q: %q, want %q", place, got, want)
		}
	}
}
