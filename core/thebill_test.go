package core_test

import (
	"encoding/json"
	"math"
	"testing"

	"flopbook/core"
	"flopbook/core/bill"
	"flopbook/core/lifecycle"
	"flopbook/core/scenario"
	"flopbook/core/unit"
)

func billOf(t *testing.T, fields map[string]string) (core.Answered, core.TheBill) {
	t.Helper()
	a := with(t, fields)
	var b core.TheBill
	core.Bill(&a.In, &a.Out, &b)
	return a, b
}

// billAssumptions are the fields of the bill, and those of the run and its
// serving that move it and that few people ever give.
func billAssumptions() (all []scenario.Num) {
	for n := scenario.RunFields; n < scenario.NumCount; n++ {
		all = append(all, n)
	}
	return append(all, scenario.HiddenWrite, scenario.StartTime, scenario.PlannedStops, scenario.SpareServers, scenario.RepairTime,
		scenario.PowerShare, scenario.NetworkShare, scenario.HostShare, scenario.IdleShare)
}

// everyBill calls f with the bill of each preset under each kind of bill and
// way of paying.
func everyBill(t *testing.T, f func(name string, a *core.Answered, b *core.TheBill)) {
	for _, p := range scenario.Presets() {
		for _, pipeline := range lifecycle.Scopes {
			var s scenario.Scenario
			s.SetChoice(scenario.Model, p.Key)
			s.SetChoice(scenario.Pipeline, pipeline.Key)
			s.SetChoice(scenario.Pay, scenario.Choices[scenario.Pay].Options[len(p.Key)%len(bill.Ways)].Key)
			a := core.Answer(&s)
			var b core.TheBill
			core.Bill(&a.In, &a.Out, &b)
			f(p.Key+"/"+pipeline.Key, &a, &b)
		}
	}
}

// The lines add up to the total to the cent, so do the stages with the reserve,
// the kinds of money, and the same in the JSON.
func TestLinesAddUpToTheTotal(t *testing.T) {
	everyBill(t, func(name string, a *core.Answered, b *core.TheBill) {
		lines, stages, kinds := 0.0, b.Reserve.V, b.Reserve.V
		cents := 0.0
		b.Lines(func(l core.Line) {
			lines += l.USD.V
			cents += l.Cents
			if math.Abs(l.Cents-100*l.USD.V) > 1 || l.Cents != math.Trunc(l.Cents) {
				t.Errorf("%s: %s is %v cents, printed as %v", name, l.Key(), 100*l.USD.V, l.Cents)
			}
		})
		if cents != math.Round(100*b.Total.V) || cents != b.TotalCents() {
			t.Errorf("%s: cents add up to %.0f, total %.3f", name, cents, 100*b.Total.V)
		}
		for s := range b.Stages {
			stages += b.Stages[s].Money
		}
		for k := range b.Kinds {
			kinds += b.Kinds[k]
		}
		for what, got := range map[string]float64{"lines": lines, "stages": stages, "kinds": kinds} {
			if math.Abs(got-b.Total.V) > 0.005 {
				t.Errorf("%s: %s add up to %.2f, total %.2f", name, what, got, b.Total.V)
			}
		}
	})
	a := with(t, map[string]string{"pipeline": "service"})
	var report struct {
		Bill struct {
			Total struct{ Value float64 }
			Lines []struct {
				Key string
				USD struct{ Value, Lo, Hi float64 }
			}
		}
	}
	if err := json.Unmarshal(a.JSON(), &report); err != nil {
		t.Fatal(err)
	}
	sum := 0.0
	seen := map[string]bool{}
	for _, l := range report.Bill.Lines {
		sum += l.USD.Value
		if l.USD.Lo > l.USD.Value || l.USD.Hi < l.USD.Value || seen[l.Key] {
			t.Errorf("line %+v", l)
		}
		seen[l.Key] = true
	}
	if math.Abs(sum-report.Bill.Total.Value) > 0.005 || len(seen) < 20 {
		t.Errorf("%d lines add up to %v of %v", len(seen), sum, report.Bill.Total.Value)
	}
}

// In another currency too the lines add up to the total, in its smallest
// parts: each is the step between two running sums, rounded, and so within one
// part of its own amount. The report itself stays in dollars.
func TestLinesAddUpInEveryCurrency(t *testing.T) {
	for _, c := range unit.Currencies {
		for _, fields := range []map[string]string{{"pipeline": "chat"}, {"pipeline": "service", "model": "llama-3.1-405b", "gpus": "16384"}, {"pipeline": "run", "tokens": "1M"}, {"exchange": "0.0321"}} {
			fields["currency"] = c.Key
			a, b := billOf(t, fields)
			p := core.PurseOf(&a.In)
			if p.Key != c.Key || p.Abroad != (c.Key != "usd") {
				t.Fatalf("%s: the purse holds %s", c.Key, p.Key)
			}
			sum := 0.0
			b.LinesIn(p.PerUSD(), func(l core.Line) {
				sum += l.Cents
				if own := p.Of(l.USD).V * p.Parts(); math.Abs(l.Cents-own) > 1 || l.Cents != math.Trunc(l.Cents) {
					t.Errorf("%s: %s is %v of its smallest parts, printed as %v", c.Key, l.Key(), own, l.Cents)
				}
			})
			if total := math.Round(p.Of(b.Total).V * p.Parts()); sum != total || sum != b.TotalIn(p.PerUSD()) {
				t.Errorf("%s: lines add up to %.0f, total %.0f", c.Key, sum, total)
			}
			var report struct {
				Bill struct {
					Total struct {
						Value float64
						Unit  string
					}
				}
			}
			if err := json.Unmarshal(a.JSON(), &report); err != nil || report.Bill.Total.Unit != "USD" || report.Bill.Total.Value != b.Total.V {
				t.Errorf("%s: the report says %+v, %v", c.Key, report.Bill.Total, err)
			}
		}
	}
}

// Every figure is finite, not below zero, and lies in its own range; the total
// is less sure than nothing and surer than its lines taken at their worst.
func TestBillIsSoundEverywhere(t *testing.T) {
	everyBill(t, func(name string, a *core.Answered, b *core.TheBill) {
		lo, hi := 0.0, 0.0
		b.Lines(func(l core.Line) {
			r := l.USD.Range()
			if !(r.Lo >= 0 && r.Lo <= r.V && r.V <= r.Hi) || math.IsInf(r.Hi, 0) {
				t.Errorf("%s: %s is %v", name, l.Key(), r)
			}
			lo, hi = lo+r.Lo, hi+r.Hi
		})
		r := b.Total.Range()
		if !(r.Lo > 0 && r.Lo <= r.V && r.V <= r.Hi) || r.Lo < lo*(1-1e-9) {
			t.Errorf("%s: total %v, lines at their ends %v to %v", name, r, lo, hi)
		}
		for s := range b.Stages {
			st := &b.Stages[s]
			if st.On != a.In.Bill.On.Has(lifecycle.Stage(s)) || !st.On && (st.Money != 0 || st.GPUHours.V != 0 || st.Energy != 0) {
				t.Errorf("%s: %s is %v and costs %v", name, lifecycle.Stages[s].Key, st.On, st.Money)
			}
			for _, x := range []float64{st.Start, st.Days, st.People, st.GPUHours.V, st.Energy} {
				if math.IsNaN(x) || math.IsInf(x, 0) || x < 0 {
					t.Errorf("%s: %s: %+v", name, lifecycle.Stages[s].Key, st)
				}
			}
		}
		f := &b.Foot
		if f.Servers.V > f.IT.V || f.IT.V > f.Building.V || f.CarbonMarket.V > f.Carbon.V {
			t.Errorf("%s: %+v", name, f)
		}
	})
}

// The run's own line is the report's cost, energy and carbon; the bill for the
// run alone adds runs given up, people, tools and the reserve.
func TestBillOfTheRunIsTheReports(t *testing.T) {
	a, b := billOf(t, map[string]string{"pipeline": "run", "failed_share": "0", "pretrain_people": "0", "contingency": "0"})
	near(t, "money", b.Total.V, a.Out.V[core.Cost].V, 1e-12)
	near(t, "energy", b.Foot.Building.V, a.Out.V[core.Energy].V, 1e-12)
	near(t, "carbon", b.Foot.Carbon.V, a.Out.V[core.Carbon].V, 1e-12)
	near(t, "days", b.Days.V, a.Out.V[core.Days].V, 1e-12)
	if got, want := b.Total.Range(), a.Out.V[core.Cost]; math.Abs(got.Lo/want.Lo-1) > 1e-9 || math.Abs(got.Hi/want.Hi-1) > 1e-9 {
		t.Errorf("range %v, report %v", got, want)
	}
}

// Meta's Llama 3.1 405B: 30.84M H100-hours at 700 W, 8,930 t by location and 0
// by market (model card, GPUs' rated power alone). The bill's servers at the
// same power, without building: the same.
func TestLlama31CardFromTheBill(t *testing.T) {
	_, b := billOf(t, map[string]string{"pipeline": "run", "model": "llama-3.1-405b", "gpus": "16384", "failed_share": "0", "power": "700 W", "pue": "1", "carbon_intensity": "0.4137", "green_share": "100 %", "mfu": "34.6 %", "goodput": "100 %"})
	near(t, "GPU-hours", b.GPUHours.V, 30.84e6, 0.01)
	near(t, "carbon, t", b.Foot.Carbon.V/1000, 8930, 0.01)
	if b.Foot.CarbonMarket.V != 0 {
		t.Errorf("by market %v", b.Foot.CarbonMarket.V)
	}
}

// Li et al. 2023: GPT-3 took 700,000 litres on site and 5.4 million with the
// power stations, at 0.55 and 3.142 L/kWh and PUE 1.17. PUE stands once.
func TestGPT3WaterFromTheBill(t *testing.T) {
	_, b := billOf(t, map[string]string{"pipeline": "run", "model": "gpt-3", "accelerator": "v100-sxm-32", "gpus": "10000", "failed_share": "0", "mfu": "19.68 %", "goodput": "100 %", "precision": "fp16",
		"power": "362.5 W", "pue": "1.17", "wue": "0.55", "grid_water": "3.142"})
	near(t, "IT energy, MWh", b.Foot.IT.V/3.6e9, 1287, 0.01)
	near(t, "on site", b.Foot.WaterSite.V, 700_000, 0.02)
	near(t, "with the stations", b.Foot.WaterSite.V+b.Foot.WaterStations.V, 5.4e6, 0.02)
}

// Capacity in steps: 2,000 GPUs, 8,000 from day 60. The GPU-hours stay, the
// calendar shortens.
func TestStagedCapacity(t *testing.T) {
	base := map[string]string{"pipeline": "run", "model": "llama-3.1-405b", "gpus": "2000", "mfu": "38 %", "goodput": "90 %"}
	_, one := billOf(t, base)
	base["later_gpus"], base["later_day"] = "8000", "60"
	a, two := billOf(t, base)
	hours := a.Out.V[core.GPUHours].V
	near(t, "days", two.Days.V, 60+(hours-2000*60*24)/(24*8000), 1e-9)
	near(t, "GPU-hours", two.GPUHours.V, one.GPUHours.V, 1e-12)
	if two.Days.V >= one.Days.V {
		t.Errorf("%v days with more GPUs, %v without", two.Days.V, one.Days.V)
	}
}

// A mixed fleet shares the work by peak speed: H100 (989) beside as many A100
// (312 TFLOP/s) do 76 % of it, and the run takes 76 % of the days.
func TestMixedFleet(t *testing.T) {
	base := map[string]string{"pipeline": "run", "model": "llama-2-7b", "accelerator": "h100-sxm", "gpus": "64", "mfu": "40 %", "failed_share": "0"}
	_, one := billOf(t, base)
	base["second_accelerator"], base["second_gpus"] = "a100-sxm-80", "64"
	a, two := billOf(t, base)
	k := 989.0 / (989 + 312)
	near(t, "days", two.Days.V, one.Days.V*k, 1e-3)
	near(t, "A100-hours", two.Second.GPUHours, a.Out.V[core.GPUHours].V*(1-k)*989/312, 1e-3)
	want := a.Out.V[core.GPUHours].V*k*a.In.V(scenario.Price) + two.Second.GPUHours*1.4
	near(t, "rent of both", two.Stages[lifecycle.Pretrain].Parts[bill.ForCompute].V, want, 0.01)
}

// Ways of paying, side by side: the chosen one is in the lines.
func TestWaysOfPaying(t *testing.T) {
	for _, w := range bill.Ways {
		a, b := billOf(t, map[string]string{"pipeline": "run", "model": "llama-2-7b", "gpus": "256", "pay": w.Key, "failed_share": "0"})
		way, _ := bill.FindWay(w.Key)
		if !b.HourBy(way).OK {
			continue
		}
		near(t, w.Key, b.Stages[lifecycle.Pretrain].Parts[bill.ForCompute].V, b.HourBy(way).USD*a.Out.V[core.GPUHours].V, 1e-12)
		near(t, w.Key+" run", b.RunBy(way).V, b.HourBy(way).USD*a.Out.V[core.GPUHours].V, 1e-12)
	}
	// Spare capacity wastes hours: more are rented, more energy is drawn.
	_, on := billOf(t, map[string]string{"pipeline": "run", "model": "llama-2-7b", "gpus": "2048"})
	_, spot := billOf(t, map[string]string{"pipeline": "run", "model": "llama-2-7b", "gpus": "2048", "pay": "spot"})
	if !(spot.GPUHours.V > on.GPUHours.V && spot.Foot.Building.V > on.Foot.Building.V) {
		t.Errorf("spot rents %v GPU-hours, on demand %v", spot.GPUHours.V, on.GPUHours.V)
	}
}

// Everything that the bill assumes can be given and matters: another value
// changes the bill of a case in which it plays.
func TestEveryAssumptionOfTheBillMatters(t *testing.T) {
	type with map[string]string
	all := with{"pipeline": "service", "model": "llama-2-7b", "gpus": "64", "synthetic_tokens": "10B", "distil_tokens": "1B", "ppo_episodes": "256000", "licences": "$1,000,000",
		"with_synthetic": "1", "with_reward": "1", "with_ppo": "1", "with_rl": "1", "with_distil": "1"}
	// What plays only with another field given.
	needs := map[string]with{
		"own_building": {"pay": "own"}, "building_price": {"pay": "own", "own_building": "1"}, "building_years": {"pay": "own", "own_building": "1"},
		"second_price": {"second_accelerator": "a100-sxm-80"}, "second_power": {"second_accelerator": "a100-sxm-80"}, "second_server_price": {"second_accelerator": "a100-sxm-80", "pay": "own"},
		"repair_time": {"gpus": "4096"}, "spare_servers": {"gpus": "4096", "repair_time": "5 days"},
		"chip_age": {"pay": "amortised"}, "second_gpus": {"second_accelerator": "a100-sxm-80"}, "exchange": {"currency": "eur"},
		"later_day": {"later_gpus": "128"}, "later_gpus": {"later_day": "1"}, "third_day": {"third_gpus": "256", "later_gpus": "128"}, "third_gpus": {"third_day": "2"},
		"team_run_days": {"model": "llama-2-70b", "gpus": "64"},
		"decode_share":  {"model": "llama-3.1-405b", "serve_accelerator": "m1-max"},
	}
	for _, n := range billAssumptions() {
		f := &scenario.Nums[n]
		fields := with{}
		for k, v := range all {
			fields[k] = v
		}
		for k, v := range needs[f.Key] {
			fields[k] = v
		}
		a, _ := billOf(t, fields)
		before := string(a.JSON())
		was := a.In.V(n)
		if !a.In.Num[n].Known && f.Key != "price_year" && f.Key != "start" && needs[f.Key] == nil && was != 0 {
			t.Errorf("%s has no value", f.Key)
		}
		v := was * 1.5
		switch {
		case f.Kind == unit.Fraction && v > 1:
			v = was / 1.5
		case f.Whole && f.Max == 1:
			v = 1 - was
		case f.Key == "price_year":
			v = 2023.7
		case f.Key == "start":
			v = 2027
		case was == 0:
			v = math.Max(f.Min, 1)
			if f.Kind == unit.Fraction {
				v = 0.5
			}
		}
		if f.Whole {
			v = math.Round(v)
		}
		fields[f.Key] = unit.ExactText(f.Kind, v)
		other, _ := billOf(t, fields)
		if before == string(other.JSON()) {
			t.Errorf("%s: %v instead of %v changes nothing", f.Key, v, was)
		}
	}
}

// What is trained says which bill is meant: adapters are a run, a transcriber
// has no chat to tune, and whoever chooses gets what was chosen.
func TestTheKindOfBillFollowsTheCase(t *testing.T) {
	for _, c := range []struct {
		fields map[string]string
		want   string
	}{
		{nil, "chat"}, {map[string]string{"optimizer": "lora"}, "run"}, {map[string]string{"model": "whisper-large"}, "base"},
		{map[string]string{"optimizer": "lora", "pipeline": "chat"}, "chat"},
	} {
		a, b := billOf(t, c.fields)
		if a.In.Bill.Scope.Key != c.want || b.Stages[lifecycle.SFT].On != a.In.Bill.Scope.Stages.Has(lifecycle.SFT) {
			t.Errorf("%v: %s, want %s", c.fields, a.In.Bill.Scope.Key, c.want)
		}
	}
}

// Prices of a year are those of that year, and a year without any says so.
func TestPricesOfAYear(t *testing.T) {
	now, _ := billOf(t, map[string]string{"accelerator": "h100-sxm"})
	then, b := billOf(t, map[string]string{"accelerator": "h100-sxm", "price_year": "2023.7"})
	if then.In.V(scenario.Price) <= now.In.V(scenario.Price) || !then.In.Bill.Dated {
		t.Errorf("2023: %v, now %v", then.In.V(scenario.Price), now.In.V(scenario.Price))
	}
	if then.In.V(scenario.ServePrice) != then.In.V(scenario.Price) {
		t.Error("serving is paid at another time's price")
	}
	near(t, "the bill pays it", b.HourBy(bill.PayByHour).USD, then.In.V(scenario.Price), 1e-12)
}

// An assumption that nobody gave says where it comes from.
func TestEveryAssumptionOfTheBillIsSourced(t *testing.T) {
	a, _ := billOf(t, map[string]string{"pipeline": "service"})
	for _, n := range billAssumptions() {
		v := &a.In.Num[n]
		if v.Known && v.Source == "" && v.Note == "" {
			t.Errorf("%s: %v without source or note", scenario.Nums[n].Key, v.R)
		}
	}
}

// Fields of the bill travel in links and files.
func TestBillFieldsTravel(t *testing.T) {
	var s scenario.Scenario
	s.SetChoice(scenario.Pipeline, "reasoning")
	s.SetChoice(scenario.Pay, "own")
	s.SetNum(scenario.DriverField(lifecycle.Preferences), "10000 to 50000")
	s.SetNum(scenario.InputField(bill.Salary), "$90,000")
	s.SetNum(scenario.PeopleField(lifecycle.SFT), "3")
	back, _, problems := scenario.ParseFragment(s.Fragment(""))
	if len(problems) > 0 || back.Choice != s.Choice || back.Num != s.Num {
		t.Errorf("link: %v", problems)
	}
	again, problems, ok := scenario.ParseJSON(s.JSON())
	if !ok || len(problems) > 0 || again.Num != s.Num || again.Choice != s.Choice {
		t.Errorf("file: %v\n%s", problems, s.JSON())
	}
	nested, problems, ok := scenario.ParseJSON([]byte(`{"bill": {"pipeline": "chat", "salary": 90000, "sft_people": 3}}`))
	if !ok || len(problems) > 0 || nested.Num[scenario.InputField(bill.Salary)].R.V != 90000 {
		t.Errorf("nested: %v", problems)
	}
}

// The European Central Bank's reference rates of 31 December 2024: a euro was
// 1.0389 dollars and 163.06 yen. A rate that is given counts instead.
func TestTheBillInAnotherCurrency(t *testing.T) {
	for key, want := range map[string]float64{"eur": 1 / 1.0389, "jpy": 163.06 / 1.0389, "gbp": 0.82918 / 1.0389} {
		a, b := billOf(t, map[string]string{"currency": key})
		v, ok := core.ExplainBill(&a.In, &a.Out, &b).Var("cost_total_exchanged")
		if !ok || math.Abs(v.Value/(b.Total.V*want)-1) > 1e-5 {
			t.Errorf("%s: %v for $%v", key, v.Value, b.Total.V)
		}
	}
	a, b := billOf(t, map[string]string{"currency": "eur", "exchange": "2"})
	book := core.ExplainBill(&a.In, &a.Out, &b)
	b.Lines(func(l core.Line) {
		if v, ok := book.Var(l.Key() + "_exchanged"); !ok || v.Value != 2*l.USD.V {
			t.Errorf("%s at a rate of 2: %v for $%v", l.Key(), v.Value, l.USD.V)
		}
	})
	if v, _ := core.ExplainBill(&a.In, &a.Out, &b).Var("cost_total_exchanged"); v.Value != 2*b.Total.V {
		t.Errorf("at a rate of 2: %v for $%v", v.Value, b.Total.V)
	}
	a, b = billOf(t, nil)
	if _, ok := core.ExplainBill(&a.In, &a.Out, &b).Find("cost_total_exchanged"); ok {
		t.Error("another currency that nobody chose")
	}
}
