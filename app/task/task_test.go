package task

import (
	"encoding/json"
	"testing"

	"flopbook/core"
)

func TestSearchAnswersAndTellsHowFarItIs(t *testing.T) {
	shares := []float64{}
	text, err := Run(Search, "v1;model=llama-3.1-405b;gpus=16384;seq=8192", func(share float64, _ string) { shares = append(shares, share) })
	if err != nil {
		t.Fatal(err)
	}
	var r core.SearchReport
	if err := json.Unmarshal([]byte(text), &r); err != nil {
		t.Fatal(err)
	}
	if len(r.Plans) != 10 || r.Considered < 1e6 || len(r.Says) == 0 || len(r.Curve) == 0 || !r.Plans[0].Fits {
		t.Errorf("%d plans of %d layouts, says %v", len(r.Plans), r.Considered, r.Says)
	}
	for i := 1; i < len(r.Plans); i++ {
		if r.Plans[i].Step.Value < r.Plans[i-1].Step.Value {
			t.Errorf("plan %d is faster than the one before", i)
		}
	}
	for i := 1; i < len(shares); i++ {
		if shares[i] < shares[i-1] || shares[i] > 1 {
			t.Errorf("shares %v", shares)
		}
	}
}

func TestSearchRanksByWhatIsAsked(t *testing.T) {
	text, err := Run(Search, "v1;model=llama-3.1-8b;gpus=64;by=usd", func(float64, string) {})
	if err != nil {
		t.Fatal(err)
	}
	var r core.SearchReport
	if err := json.Unmarshal([]byte(text), &r); err != nil {
		t.Fatal(err)
	}
	if r.By != "usd" || len(r.Plans) < 2 {
		t.Fatalf("%d plans by %q", len(r.Plans), r.By)
	}
	for i := 1; i < len(r.Plans); i++ {
		if r.Plans[i].Cost.Value < r.Plans[i-1].Cost.Value*(1-1e-9) {
			t.Errorf("plan %d is cheaper than the one before", i)
		}
	}
}

func TestAnUnknownTaskIsTold(t *testing.T) {
	if _, err := Run("bake", "", nil); err == nil {
		t.Error("no error")
	}
}
