package lifecycle

import (
	"flopbook/core/unit"
	"math"
	"testing"

	"flopbook/core/catalog"
	"flopbook/core/model"
)

func near(t *testing.T, what string, got, want, tolerance float64) {
	t.Helper()
	if !(math.Abs(got-want) <= tolerance*math.Abs(want)) {
		t.Errorf("%s: %.6g, want %.6g", what, got, want)
	}
}

// defaults are the drivers as the catalogue has them.
func defaults(t *testing.T) (in Inputs) {
	t.Helper()
	for d := range Drivers {
		v, ok := catalog.BillFigure(Drivers[d].Key)
		if !ok {
			t.Fatalf("%s has no default", Drivers[d].Key)
		}
		in.V[d] = v.V
	}
	return in
}

func TestEveryDriverHasADefaultThatItsFieldTakes(t *testing.T) {
	seen := map[string]bool{}
	for d := range Drivers {
		f := &Drivers[d]
		if f.Key == "" || seen[f.Key] || f.Help == "" || f.Symbol == "" {
			t.Errorf("driver %d: %+v", d, f)
		}
		seen[f.Key] = true
		v, ok := catalog.BillFigure(f.Key)
		if !ok {
			t.Errorf("%s has no default", f.Key)
			continue
		}
		if v.Kind != f.Kind {
			t.Errorf("%s: kind %s, default's %s", f.Key, f.Kind.Name(), v.Kind.Name())
		}
		if p := f.Check(v.Range(), v.Unit); p != nil {
			t.Errorf("%s: its default is refused: %v", f.Key, p)
		}
		if r, p := f.Parse(f.Example); p != nil || r.V < f.Min {
			t.Errorf("%s: its example is refused: %v", f.Key, p)
		}
	}
	for s := range Stages {
		for _, prefix := range []string{"days_", "staff_"} {
			if _, ok := catalog.BillFigure(prefix + Stages[s].Key); !ok {
				t.Errorf("%s%s has no default", prefix, Stages[s].Key)
			}
		}
	}
}

// A stage waits only for stages that stand before it in the list.
func TestStagesStandInOrder(t *testing.T) {
	for s := range Stages {
		if Stages[s].After>>s != 0 {
			t.Errorf("%s waits for a stage at or after itself", Stages[s].Key)
		}
		if Stages[s].Key == "" || Stages[s].Name == "" || Stages[s].Says == "" {
			t.Errorf("stage %d is not described", s)
		}
	}
	for i := range Scopes {
		if !Scopes[i].Stages.Has(Pretrain) {
			t.Errorf("%s lacks the run", Scopes[i].Key)
		}
	}
}

// Ouyang et al. 2022, section 5.1 (InstructGPT, 175B): SFT took 4.9 PF-days
// and PPO-ptx 60, against 3,640 for GPT-3. Appendix C: 12,725 answers read 16
// times, 256,000 episodes, reward model and critic of 6B, sequences of 2,048
// tokens, and with each episode 8 pre-training sequences, 6 FLOP a parameter
// and token. Published to two digits; sequences are counted as full.
func TestInstructGPTCompute(t *testing.T) {
	in := defaults(t)
	in.Active, in.Total, in.RunFLOP, in.RunHours, in.Peak, in.AnswerRate = 175e9, 175e9, 3.14e23, 3.55e6, 125e12, 100
	in.V[SFTExamples], in.V[SFTEpochs], in.V[SFTLength] = 12_725, 16, 2048
	in.V[PPOEpisodes], in.V[PPOLength], in.V[RewardSize] = 256_000, 2048, 6.0/175
	in.On = Set(after(SFT, PPO))
	var out [StageCount]Amount
	Work(&in, &out)
	const pfDay = 8.64e19
	near(t, "SFT, PF-days", out[SFT].FLOP/pfDay, 4.9, 0.1)
	written := 2 * 175e9 * out[PPO].Tokens
	mix := 6 * 175e9 * 8 * out[PPO].Tokens
	near(t, "PPO-ptx, PF-days", (out[PPO].FLOP+written+mix)/pfDay, 60, 0.1)
}

// With all four models of one size PPO takes 22 FLOP a parameter and token,
// two of them to write.
func TestPPOCountsFourModels(t *testing.T) {
	in := defaults(t)
	in.Active, in.RunFLOP, in.RunHours, in.AnswerRate, in.On = 1e9, 1e20, 1, 1, Set(after(PPO))
	in.V[RewardSize] = 1
	var out [StageCount]Amount
	Work(&in, &out)
	near(t, "FLOP a parameter and token", out[PPO].FLOP/(1e9*out[PPO].Tokens)+2, model.PPO.PerParam(), 1e-12)
}

// Penedo et al. 2024 (FineWeb): the classifier read 15T tokens in 6,000
// H100-hours; 38 PB of crawl gave the 15T tokens.
func TestFineWebFiltering(t *testing.T) {
	in := defaults(t)
	in.Peak, in.Unique, in.On = 989e12, 15e12, Set(after(Collect, Filter))
	var out [StageCount]Amount
	Work(&in, &out)
	near(t, "classifier GPU-hours", out[Filter].GPUHours, 6000, 0.01)
	near(t, "crawl in TB", out[Collect].MovedTB, 38_000, 0.05)
}

// DeepSeek-R1 (Nature 2025, supplement, table 7): R1-Zero took 512 H800 for
// 198 hours, 101,000 GPU-hours. With V3's speed of training (2.664M hours for
// 14.8T tokens of 37.55B active) and its published 1,850 output tokens per
// second and GPU.
func TestDeepSeekR1ZeroIsOfThePublishedOrder(t *testing.T) {
	in := defaults(t)
	in.Active, in.Total = 37.55e9, 671e9
	in.RunHours, in.RunFLOP = 2.664e6, 6*37.55e9*14.8e12
	in.AnswerRate, in.Peak = 14800.0/8, 989e12
	in.On = Set(after(RL))
	var out [StageCount]Amount
	Work(&in, &out)
	if got := out[RL].GPUHours; got < 101e3/3 || got > 101e3*3 {
		t.Errorf("%.3g GPU-hours, published 101,000", got)
	}
}

// Dubey et al. 2024: Llama 3.1 405B read 800B tokens in its long-context
// stage, 5 % of 15.6T.
func TestMidTrainingTakesItsShareOfTokens(t *testing.T) {
	in := defaults(t)
	in.Tokens, in.TokenFLOP, in.MidWork, in.RunFLOP, in.RunHours = 15.6e12, 6*405e9, 1, 3.8e25, 30.84e6
	in.On = Set(after(Midtrain))
	var out [StageCount]Amount
	Work(&in, &out)
	near(t, "tokens", out[Midtrain].Tokens, 800e9, 0.03)
	near(t, "hours over the run's", out[Midtrain].GPUHours/in.RunHours, 0.05, 0.03)
}

// Llama 2: 27,540 written answers and 1,418,091 comparisons of Meta's own;
// at $1 to $10 the comparisons alone are $1.4M to $14M.
func TestLlama2AnnotationLiesInThePublishedBand(t *testing.T) {
	in := defaults(t)
	in.V[Preferences], in.V[Demonstrations], in.V[Checking] = 1_418_091, 0, 0
	in.On = Set(after(Annotate))
	var out [StageCount]Amount
	Work(&in, &out)
	if b := out[Annotate].Bought; b < 1.4e6 || b > 14e6 {
		t.Errorf("$%.3g, expected $1.4M to $14M", b)
	}
}

func TestWhatIsOffTakesNothing(t *testing.T) {
	in := defaults(t)
	in.Active, in.Total, in.Tokens, in.Unique, in.RunFLOP, in.RunHours, in.Peak, in.AnswerRate, in.FleetGPUs, in.Horizon, in.CopyGPUs, in.TokenFLOP, in.MidWork =
		7e9, 7e9, 1e12, 1e12, 4e22, 1e5, 1e15, 1000, 8, 365, 8, 4e10, 1
	var out [StageCount]Amount
	Work(&in, &out)
	if out != ([StageCount]Amount{}) {
		t.Errorf("%+v", out)
	}
	in.On = 1<<StageCount - 1
	if n := testing.AllocsPerRun(10, func() { Work(&in, &out) }); n != 0 {
		t.Errorf("%v allocations", n)
	}
	for s := range out {
		a := &out[s]
		for _, x := range []float64{a.FLOP, a.GPUHours, a.CoreHours, a.Tokens, a.StoredTB, a.MovedTB, a.Bought} {
			if math.IsNaN(x) || math.IsInf(x, 0) || x < 0 {
				t.Errorf("%s: %+v", Stages[s].Key, a)
			}
		}
	}
}

// Each stage starts when all that it waits for are over, and one left out
// passes on what it waits for.
func TestSchedule(t *testing.T) {
	var days [StageCount]unit.Range
	var plan Plan
	for s := range days {
		days[s] = unit.Exact(10)
	}
	on := Set(1<<StageCount - 1)
	Schedule(on, &days, &plan)
	for s := range Stages {
		for k := range Stages {
			if Stages[s].After>>k&1 != 0 && plan.Start[s] < plan.Start[k]+days[k].V {
				t.Errorf("%s starts on day %v, before %s ends", Stages[s].Key, plan.Start[s], Stages[k].Key)
			}
		}
	}
	if plan.Made != unit.Exact(plan.Start[Deploy]+10) || plan.All != plan.Made.V+10 {
		t.Errorf("made on day %v, all over on %v", plan.Made, plan.All)
	}
	sum := 0.0
	for s := range Stages {
		if plan.Path.Has(Stage(s)) {
			sum += days[s].V
		}
	}
	if sum != plan.Made.V {
		t.Errorf("the stages that decide the length add up to %v days of %v", sum, plan.Made)
	}
	Schedule(Set(after(Pretrain, Evaluate)), &days, &plan)
	if plan.Start[Pretrain] != 0 || plan.Start[Evaluate] != 10 || plan.Made.V != 20 {
		t.Errorf("run on %v, evaluation on %v, made on %v", plan.Start[Pretrain], plan.Start[Evaluate], plan.Made)
	}

	// Widths along a chain add in quadrature; beside each other the one that
	// reaches furthest counts.
	days[Pretrain], days[Evaluate], days[RedTeam] = unit.Range{V: 10, Lo: 7, Hi: 13}, unit.Range{V: 10, Lo: 6, Hi: 14}, unit.Range{V: 11, Lo: 11, Hi: 11}
	Schedule(Set(after(Pretrain, Evaluate)), &days, &plan)
	if plan.Made != (unit.Range{V: 20, Lo: 15, Hi: 25}) {
		t.Errorf("a chain: made on %v", plan.Made)
	}
	Schedule(Set(after(Pretrain, Evaluate, RedTeam)), &days, &plan)
	if plan.Made != (unit.Range{V: 21, Lo: 18, Hi: 25}) || plan.Path != Set(after(Pretrain, RedTeam)) {
		t.Errorf("beside each other: made on %v", plan.Made)
	}
}

// 2,000 GPUs now and 8,000 after 60 days: 10 million GPU-hours take
// 60 + (10e6 - 2,000·60·24)/(24·8,000) days.
func TestCapacityInSteps(t *testing.T) {
	steps := []Step{{0, 2000}, {60, 8000}}
	near(t, "two steps", DaysWith(10e6, steps), 60+(10e6-2000*60*24)/(24*8000), 1e-12)
	near(t, "over before the second", DaysWith(1e6, steps), 1e6/24/2000, 1e-12)
	near(t, "one step", DaysWith(1e6, steps[:1]), 1e6/24/2000, 1e-12)
	if d := DaysWith(1e6, []Step{{0, 10}, {1, 0}}); !math.IsInf(d, 1) {
		t.Errorf("no GPUs: %v days", d)
	}
	if d := DaysWith(0, steps); d != 0 {
		t.Errorf("no work: %v days", d)
	}
}

func TestAMixedFleetSharesWorkBySpeed(t *testing.T) {
	var share [2]float64
	rate := Shares([]Kind{{100, 400e12}, {200, 100e12}}, share[:])
	near(t, "speed", rate, 60e15, 1e-12)
	near(t, "first", share[0], 2.0/3, 1e-12)
	near(t, "second", share[1], 1.0/3, 1e-12)
}
