package state

import (
	"slices"
	"strings"
	"testing"

	"flopbook/core"
	"flopbook/core/derivation"
	"flopbook/core/scenario"
)

func asks() (keys []string) {
	for _, o := range scenario.Choices[scenario.Ask].Options {
		keys = append(keys, o.Key)
	}
	return keys
}

// Every field can be reached from the page, none stands there twice, and the
// unknown is not asked for.
func TestEveryFieldHasItsPlace(t *testing.T) {
	var seenNum [scenario.NumCount]bool
	var seenChoice [scenario.ChoiceCount]bool
	seenChoice[scenario.Ask] = true // stands above the sentence
	for _, ask := range asks() {
		for _, own := range []string{"h100-sxm", "own"} {
			for _, optimizer := range []string{"adam", "lora"} {
				var s scenario.Scenario
				must(s.SetChoice(scenario.Ask, ask))
				must(s.SetChoice(scenario.Accelerator, own))
				must(s.SetChoice(scenario.Optimizer, optimizer))
				a := core.Answer(&s)
				var nums [scenario.NumCount]int
				each := func(items []Item) {
					for _, i := range items {
						if i.IsNum {
							nums[i.Num]++
							seenNum[i.Num] = true
						} else {
							seenChoice[i.Choice] = true
						}
					}
				}
				for _, sec := range append(Sections(&s), BillSections()...) {
					each(sec.Items)
					for _, more := range sec.More {
						each(more.Items)
					}
				}
				for n, count := range nums {
					if count > 1 {
						t.Errorf("%s: %s stands there %d times", ask, scenario.Nums[n].Key, count)
					}
					if ask != "check" && count > 0 && a.In.Num[n].Origin == derivation.Solved {
						t.Errorf("%s: asks for %s, which is the answer", ask, scenario.Nums[n].Key)
					}
				}
			}
		}
	}
	for n, seen := range seenNum {
		if !seen {
			t.Errorf("no place for %s", scenario.Nums[n].Key)
		}
	}
	for c, seen := range seenChoice {
		if !seen {
			t.Errorf("no place for %s", scenario.Choices[c].Key)
		}
	}
}

// What moves a headline number of the question is in sight, not in a fold.
func TestWhatMovesAHeadlineIsInSight(t *testing.T) {
	for _, ask := range asks() {
		var s scenario.Scenario
		must(s.SetChoice(scenario.Ask, ask))
		var seen []scenario.Num
		for _, sec := range Sections(&s) {
			for _, i := range sec.Items {
				if i.IsNum {
					seen = append(seen, i.Num)
				}
			}
		}
		for _, n := range []scenario.Num{scenario.Price, scenario.MFU, scenario.People} {
			if !slices.Contains(seen, n) {
				t.Errorf("%s: %s is out of sight", ask, scenario.Nums[n].Key)
			}
		}
		for n, only := range map[scenario.Num][]string{
			scenario.Params: {"days", "gpus", "usd", "tokens", "check"},
			scenario.Tokens: {"days", "gpus", "usd", "params", "check"}, scenario.GPUs: {"days", "usd", "tokens", "params", "check"},
			scenario.Days: {"gpus", "tokens", "params", "check"}, scenario.Budget: {"tokens", "params", "check"}, scenario.EnergyClaim: {"check"},
		} {
			if want, got := slices.Contains(only, ask), slices.Contains(seen, n); want != got {
				t.Errorf("%s: %s in sight is %v", ask, scenario.Nums[n].Key, got)
			}
		}
	}
}

func TestDoorsAreSmallAndAnswered(t *testing.T) {
	doors := Doors()
	if len(doors) != 3 {
		t.Fatalf("%d doors", len(doors))
	}
	for _, d := range doors {
		a := core.Answer(&d.Case)
		if len(a.Problems) > 0 || !a.Out.Fits {
			t.Errorf("%s: %v, fits %v", d.Key, a.Problems, a.Out.Fits)
		}
		if !a.Out.Known[core.Days] || a.Out.V[core.Days].V > 7 {
			t.Errorf("%s: takes %v days, which is no small case", d.Key, a.Out.V[core.Days].V)
		}
		found := false
		for _, sec := range Sections(&d.Case) {
			for _, i := range sec.Items {
				found = found || i.IsNum && "say-"+scenario.Nums[i.Num].Key == d.Focus
			}
		}
		if !found {
			t.Errorf("%s: %s is not in sight", d.Key, d.Focus)
		}
	}
}

// Patterson et al. 2021, Table 4: 14.8 days, 1,287 MWh, 552 t CO2e. The inputs
// are rounded there, hence half a percent.
func TestTheLessonsCaseGivesThePublishedFigures(t *testing.T) {
	s := GPT3()
	a := core.Answer(&s)
	for _, c := range []struct {
		k    core.Key
		want float64
	}{{core.Days, 14.8}, {core.Energy, 1287 * 3.6e9}, {core.Carbon, 552.1e3}} {
		if got := a.Out.V[c.k].V; got < c.want*0.995 || got > c.want*1.005 {
			t.Errorf("%s: %v, published %v", core.Quantities[c.k].Name, got, c.want)
		}
	}
}

func TestSystemsSortWithTheUnknownLast(t *testing.T) {
	all := Listed("", ByName, false)
	if len(all) != len(scenario.Presets()) {
		t.Fatalf("%d of %d", len(all), len(scenario.Presets()))
	}
	for by := ByYear; by <= ByGPUs; by++ {
		for _, down := range []bool{false, true} {
			last, unknown := 0.0, false
			for i, p := range Listed("", by, down) {
				v := number(p, by)
				if v == 0 {
					unknown = true
					continue
				}
				if unknown || i > 0 && (down && v > last || !down && v < last) {
					t.Fatalf("column %d, down %v: %s stands wrong", by, down, p.Name)
				}
				last = v
			}
		}
	}
	for _, p := range Listed("meta 405b", BySize, true) {
		if p.Key != "llama-3.1-405b" {
			t.Errorf("meta 405b finds %s", p.Key)
		}
	}
	if got := Listed("no such thing", ByName, false); len(got) > 0 {
		t.Errorf("%d systems for nothing", len(got))
	}
}

// A fix that sends the reader to a fold calls it by its name.
func TestTheFixForAShapeNamesItsFold(t *testing.T) {
	_, fix := core.WarningText(core.Warning{Code: core.WarnShape})
	var s scenario.Scenario
	m := Sections(&s)[0]
	if !strings.Contains(fix, "“"+m.More[0].Title+"” under "+m.Title) {
		t.Errorf("%q, but the fold is %q of %q", fix, m.More[0].Title, m.Title)
	}
}
