package core

import (
	"strings"

	"flopbook/core/bill"
	"flopbook/core/derivation"
	"flopbook/core/lifecycle"
	"flopbook/core/scenario"
	"flopbook/core/uncertainty"
	"flopbook/core/unit"
)

// ExplainBill shows the work behind a report and its whole bill: each line as
// a step named by its key, each stage, the total and the footprint.
func ExplainBill(in *Resolved, rep *Report, whole *TheBill) *derivation.Book {
	x := billSteps{b: Explain(in, rep), in: in, rep: rep, w: whole}
	x.fields()
	x.amounts()
	x.hour("", &whole.term, whole.Way, &whole.Hour)
	x.plan()
	x.lines()
	x.abroad()
	x.footprint()
	x.instead()
	return x.b
}

type billSteps struct {
	b   *derivation.Book
	in  *Resolved
	rep *Report
	w   *TheBill
}

func (x *billSteps) step(name, label string, kind unit.Kind, v uncertainty.Value, expr, says, ignores string) {
	s := derivation.Var{Name: name, Label: label, Kind: kind, Value: v.V}
	if r := v.Range(); !r.IsExact() {
		s.Lo, s.Hi = r.Lo, r.Hi
	}
	x.b.Step(s, expr, says, ignores)
}

func (x *billSteps) exact(name, label string, kind unit.Kind, v float64, expr, says, ignores string) {
	x.step(name, label, kind, uncertainty.Value{V: v}, expr, says, ignores)
}

// let writes a figure that no formula computes, once.
func (x *billSteps) let(v derivation.Var) {
	if _, ok := x.b.Var(v.Name); !ok {
		x.b.Let(v)
	}
}

// fields writes the fields of the bill, and figures of the report that its
// formulas name.
func (x *billSteps) fields() {
	for n := scenario.RunFields; n < scenario.NumCount; n++ {
		v, f := &x.in.Num[n], &scenario.Nums[n]
		if !v.Known {
			continue
		}
		w := derivation.Var{Name: f.Key, Symbol: f.Symbol, Label: f.Name, Kind: f.Kind, Value: v.R.V, Origin: v.Origin, Source: v.Source, Date: v.Date, Note: v.Note}
		if !v.R.IsExact() {
			w.Lo, w.Hi = v.R.Lo, v.R.Hi
		}
		x.b.Let(w)
	}
	in := &x.w.in
	unique := "tokens"
	if x.in.Num[scenario.Unique].Known {
		unique = "min(tokens, unique)"
	}
	x.exact("tokens_unique", "different tokens", unit.TokenCount, in.Unique, unique, "All tokens, unless fewer are different.", "")
	x.exact("id_bytes", "bytes of a stored token", unit.None, in.IDBytes, "2 + 2 * min(1, floor(vocab / 65537))", "2 where the vocabulary has at most 65,536 words, else 4.", "")
	if x.in.Arch.Encoder.Layers > 0 {
		x.exact("mid_work", "work of a token in mid-training, over that of the run", unit.None, in.MidWork, "1", "A window of sound is as long as ever.", "")
	} else {
		x.in.Arch.StepsAtLength(x.b, "mid", "mid_seq", x.in.V(scenario.DriverField(lifecycle.MidSeq)), x.in.Attention, in.MidWork)
	}
	x.exact("servers", "servers of the run", unit.Count, x.w.term.Servers, "ceil(gpus / gpus_per_server)", "Whole servers.", "")
	if x.rep.Known[OutPerGPU] {
		x.exact("answer_rate", "answer tokens per second and GPU", unit.TokenRate, in.AnswerRate, "output_tokens_per_s_per_gpu", "As the model is served.", "longer answers are slower")
		x.exact("copy_size", "GPUs of one served copy", unit.Count, in.CopyGPUs, "serve_gpus", "As the model is served.", "")
	} else {
		x.exact("answer_rate", "answer tokens per second and GPU", unit.TokenRate, in.AnswerRate, "decode_share * peak / (2 * params_active)", "A share of peak speed, two operations for each parameter and token.", "")
		x.exact("copy_size", "GPUs of one served copy", unit.Count, in.CopyGPUs, "gpus_per_server", "One server.", "")
	}
	x.let(derivation.Var{Name: "server_power", Symbol: "W_{max}", Label: "server power per GPU at full load", Kind: unit.Power, Value: x.in.Train.ServerW,
		Origin: machineOrigin(x.in), Source: sourceOr(x.in.Train.PowerSource), Note: x.in.Train.PowerNote})
	x.exact("server_rated", "power of a GPU with its share of server and network at full load", unit.Power, x.w.term.Rated, "server_power * (1 + network_share)", "What a place must be able to deliver and cool.", "")
}

func sourceOr(key string) string {
	if key == "" {
		return "flopbook-assumption"
	}
	return key
}

// amounts writes GPU-hours and core-hours of the stages.
func (x *billSteps) amounts() {
	w := &x.w.Work
	on := func(s lifecycle.Stage) bool { return x.w.Stages[s].On }
	const perFLOP = " * gpu_hours / flops"
	if on(lifecycle.Collect) || on(lifecycle.Filter) || on(lifecycle.Tokenise) {
		text := x.w.in.Unique * x.w.in.V[lifecycle.BytesPerToken] / 1e12
		x.exact("text_tb", "text, TB", unit.None, text, "tokens_unique * bytes_per_token / 1e12", "", "")
		x.exact("crawl_tb", "crawl, TB", unit.None, text/x.w.in.V[lifecycle.TextYield], "text_tb / text_yield", "What had to be fetched for so much good text.", "")
	}
	hours := func(s lifecycle.Stage, expr, says, ignores string) {
		if on(s) {
			v := uncertainty.Value{V: w[s].GPUHours, Spread: w[s].GPUSpread}
			x.step(s.String()+"_gpu_hours", lifecycle.Stages[s].Name+": GPU-hours", unit.GPUHourCount, v, expr, says, ignores)
		}
	}
	cores := func(s lifecycle.Stage, expr, says string) {
		if on(s) {
			v := uncertainty.Value{V: w[s].CoreHours, Spread: w[s].CoreSpread}
			x.step(s.String()+"_core_hours", lifecycle.Stages[s].Name+": core-hours", unit.None, v, expr, says, "")
		}
	}
	x.exact("unfiltered_flops", "compute for the same ability on unfiltered text", unit.FLOPs, x.w.in.RunFLOP*x.w.in.V[lifecycle.DataQuality], "flops * data_quality", "What filtering is worth.", "")
	cores(lifecycle.Filter, "crawl_tb * 1000 / filter_rate", "All of the crawl goes through the filters.")
	hours(lifecycle.Filter, "2 * classifier_params * tokens_unique * classifier_passes / (peak * classifier_mfu) / 3600", "A classifier reads the text that is kept.", "")
	cores(lifecycle.Tokenise, "text_tb * 1e6 / tokenise_rate / 3600", "")
	hours(lifecycle.Experiments, "gpu_hours * experiments", "As a share of the run.", "work of the whole laboratory on other models")
	hours(lifecycle.Midtrain, "tokens * mid_tokens * flops_rule_per_token * mid_work"+perFLOP, "At the speed of the run.", "")
	hours(lifecycle.Synthetic, "synthetic_tokens / synthetic_keep / synthetic_rate / 3600", "What is thrown away was written too.", "")
	hours(lifecycle.SFT, "6 * params_active * sft_examples * sft_length * sft_epochs"+perFLOP, "Six operations for each parameter and token.", "small batches are slower")
	hours(lifecycle.Reward, "6 * params_active * reward_size * 2 * preferences * dpo_length"+perFLOP, "The reward model learns from both answers.", "")
	hours(lifecycle.PPO, "(10 + 10 * reward_size) * params_active * ppo_episodes * ppo_length"+perFLOP+" + ppo_episodes * ppo_length / answer_rate / 3600",
		"The model is read twice and trained, critic and reward model too; answers are written as when serving.", "keeping four models in memory")
	hours(lifecycle.DPO, "8 * params_active * 2 * dpo_pairs * dpo_length"+perFLOP, "The model trains on both answers while a copy of the start reads them.", "")
	hours(lifecycle.RL, "(10 * params_active * rl_rollouts * rl_length"+perFLOP+" + rl_rollouts * rl_length / answer_rate / 3600) / rl_busy",
		"Answers are written as when serving, read by two copies, learned from; GPUs wait in between.", "the programs that check answers")
	hours(lifecycle.Distil, "(2 * teacher_params + 6 * params_active) * distil_tokens"+perFLOP, "The teacher reads, the model learns.", "")
	hours(lifecycle.Evaluate, "2 * params_active * eval_tokens * eval_passes * (1 - eval_out)"+perFLOP+" + eval_tokens * eval_passes * eval_out / answer_rate / 3600",
		"Questions are read at the speed of training, answers written as when serving.", "idle time between tests")
	hours(lifecycle.Quantise, "quantise_hours * params_total / 1e9", "", "")
	hours(lifecycle.Deploy, "copy_size * 24 * staging_days", "", "")
	hours(lifecycle.Retrain, "gpu_hours * retrain_per_year * horizon / 365 * retrain_share", "", "new data and people's work for it")
	if on(lifecycle.Operate) && x.w.in.FleetGPUs > 0 {
		hours(lifecycle.Operate, "replicas_mean * serve_gpus * 24 * horizon", "Machines of the mean load, every hour of the days ahead.", "growth of the demand")
	}
}

// hour writes what a GPU-hour costs; prefix sets a second kind of accelerator apart.
func (x *billSteps) hour(prefix string, t *bill.Terms, w bill.Way, h *bill.Hour) {
	name := prefix + "gpu_hour"
	price, server, rated, power := "price", "server_price", "server_rated", "power"
	if prefix != "" {
		price, server, rated, power = prefix+"price", prefix+"server_price", prefix+"rated", prefix+"power"
		second := x.in.Bill.Second
		x.let(derivation.Var{Name: "second_rating", Label: "server power per GPU of the second kind at full load", Kind: unit.Power, Value: second.ServerW,
			Origin: derivation.Constant, Source: sourceOr(second.PowerSource), Note: second.PowerNote})
		x.exact(rated, "power of one of the second kind at full load", unit.Power, t.Rated, "second_rating * (1 + network_share)", "With its share of server and network.", "")
	}
	label := "cost of a GPU-hour: " + bill.Ways[w].Label
	v := uncertainty.Value{V: h.USD, Spread: h.Spread}
	switch w {
	case bill.PayOneYear:
		x.step(name, label, unit.USDPerGPUHour, v, price+" * (1 - discount_1y) / commit_use", "Cheaper by the hour; hours that nobody uses are paid too.", "")
	case bill.PayThreeYears:
		x.step(name, label, unit.USDPerGPUHour, v, price+" * (1 - discount_3y) / commit_use", "Cheaper by the hour; hours that nobody uses are paid too.", "")
	case bill.PaySpot:
		x.exact(prefix+"spot_keeps", "share of rented time that moves the run on", unit.Fraction, h.Keeps,
			"max(0, 1 - servers * spot_interruptions / 86400 * (spot_restart + spot_interval / 2)) / (1 + spot_write / spot_interval)",
			"Each interruption costs the restart and half the time since the last checkpoint; writing checkpoints costs some always.", "waiting until enough capacity is free")
		x.step(name, label, unit.USDPerGPUHour, v, price+" * (1 - spot_discount) / "+prefix+"spot_keeps", "", "")
	case bill.PayOwn:
		piece := func(p bill.Piece, expr, says string) {
			x.exact(prefix+"hour_"+bill.Pieces[p].Key, bill.Pieces[p].Label+", for a GPU-hour", unit.USDPerGPUHour, h.Pieces[p], expr, says, "")
		}
		year := "(8766 * fleet_use)"
		piece(bill.PieceChips, server+" * chip_share / (life_years * "+year+")", "Written off in equal parts over the hours in use.")
		piece(bill.PieceServers, server+" * (1 - chip_share) / (life_years * "+year+")", "")
		piece(bill.PieceNetwork, server+" * interconnect / (1 - interconnect) / (life_years * "+year+")", "")
		piece(bill.PieceStorage, server+" * storage_capex / (life_years * "+year+")", "")
		hardware := server + " * (1 + interconnect / (1 - interconnect) + storage_capex)"
		piece(bill.PieceResale, "-resale * "+hardware+" / (life_years * "+year+")", "What a buyer pays at the end.")
		piece(bill.PieceUpkeep, "upkeep * "+hardware+" / "+year, "")
		if t.V[bill.OwnBuilding] == 1 {
			piece(bill.PieceSpace, "building_price * "+rated+" / 1e6 / building_years / "+year, "The building's part for each MW, written off.")
		} else {
			piece(bill.PieceSpace, "colo_price * "+rated+" / 1000 * 12 / "+year, "Rented space is paid by the kW, used or not.")
		}
		piece(bill.PiecePower, power+" / 1000 * pue * kwh_price", "")
		var names []string
		for p := range h.Pieces {
			names = append(names, prefix+"hour_"+bill.Pieces[p].Key)
		}
		x.step(name, label, unit.USDPerGPUHour, v, strings.Join(names, " + "), "All pieces of an owned hour.", "interest; electricity of idle hours")
	case bill.PayAmortised:
		x.step(name, label, unit.USDPerGPUHour, v,
			server+" * pow(10, -0.14 * chip_age) * 0.14 * ln(10) / 8766 / (1 - 0.19) + "+power+" / 1000 * pue * kwh_price",
			"The value that hardware loses in an hour at 0.14 orders of magnitude a year, network on top, and electricity (Cottier et al. 2024).", "idle hours, space, people")
	default:
		x.step(name, label, unit.USDPerGPUHour, v, price, "Rented by the hour.", "")
	}
}

// ends are the stages whose ends a stage really waits for: those that are on,
// found through those that are off.
func (x *billSteps) ends(s lifecycle.Stage) (out []string) {
	seen := map[lifecycle.Stage]bool{}
	var walk func(lifecycle.Stage)
	walk = func(s lifecycle.Stage) {
		for k := lifecycle.Stage(0); k < s; k++ {
			if lifecycle.Stages[s].After>>k&1 == 0 || seen[k] {
				continue
			}
			seen[k] = true
			if x.w.Stages[k].On {
				out = append(out, k.String()+"_start + "+k.String()+"_days")
			} else {
				walk(k)
			}
		}
	}
	walk(s)
	return out
}

func largest(of []string) string {
	switch len(of) {
	case 0:
		return "0"
	case 1:
		return of[0]
	}
	return "max(" + strings.Join(of, ", ") + ")"
}

// plan writes when each stage starts, and people.
func (x *billSteps) plan() {
	in, w := x.in, x.w
	for i := range w.Stages {
		s, st := lifecycle.Stage(i), &w.Stages[i]
		if !st.On {
			continue
		}
		key := s.String()
		v := &in.Num[scenario.DaysField(s)]
		if s == lifecycle.Pretrain && v.Origin != derivation.Given {
			x.runDays()
		}
		x.exact(key+"_start", lifecycle.Stages[s].Name+": first day", unit.DayCount, st.Start, largest(x.ends(s)), "When all that it waits for is over.", "")
	}
	var made []string
	var shares []string
	for i := range w.Stages {
		s := lifecycle.Stage(i)
		if !w.Stages[i].On {
			continue
		}
		key := s.String()
		if !lifecycle.Stages[i].Long {
			made = append(made, key+"_start + "+key+"_days")
			shares = append(shares, "staff_"+key)
		}
	}
	days := derivation.Var{Name: "project_days", Label: "days of the project until the model is made", Kind: unit.DayCount, Value: w.Days.V}
	if !w.Days.IsExact() {
		days.Lo, days.Hi = w.Days.Lo, w.Days.Hi
	}
	x.b.Step(days, largest(made), "When the last stage of the making ends.", "waiting for machines, holidays")
	var counted []string
	for i := range w.Stages {
		if w.Plan.Path.Has(lifecycle.Stage(i)) {
			counted = append(counted, "min("+lifecycle.Stages[i].Key+"_days, team_run_days)")
		}
	}
	if counted == nil {
		counted = []string{"0"}
	}
	x.exact("staff_days", "days that the whole team is paid for", unit.DayCount, w.StaffDays, strings.Join(counted, " + "), "The stages that decide the length; one that lasts longer than usual goes on with few people.", "")
	for i := range w.Stages {
		s, st := lifecycle.Stage(i), &w.Stages[i]
		v := &in.Num[scenario.PeopleField(s)]
		if !st.On || v.Origin == derivation.Given {
			continue
		}
		key := s.String()
		expr := "team * team_share * staff_" + key
		if !lifecycle.Stages[s].Long {
			expr += " * staff_days / (" + strings.Join(shares, " + ") + ") / " + key + "_days"
			if st.Days == 0 {
				expr = "0"
			}
		}
		x.step(key+"_people", lifecycle.Stages[s].Name+": people, full time", unit.None, uncertainty.Value{V: st.People, Spread: teamSpread(w)}, expr, "The team's time over the whole project, shared out.", "people who work on several models")
	}
	x.step("person_year", "cost of a full-time year", unit.Money, w.PersonYear, "salary * overhead + equity", "", "")
}

// runDays writes the length of the run with GPUs that come later or are of
// another kind. The day on which the last step of capacity is reached splits the sum.
func (x *billSteps) runDays() {
	t := &x.w.term
	days := x.in.V(scenario.DaysField(lifecycle.Pretrain))
	hours := "gpu_hours"
	if x.w.Second.Share > 0 {
		x.let(derivation.Var{Name: "second_peak", Label: "dense peak speed of one of the second kind", Kind: unit.FLOPRate, Value: x.in.Bill.Second.Peak, Origin: derivation.Constant, Source: sourceOr(x.in.Bill.Second.Source), Note: x.in.Bill.Second.Name})
		x.exact("second_share", "share of the work on the second kind", unit.Fraction, x.w.Second.Share, "second_gpus * second_peak / (gpus * peak + second_gpus * second_peak)", "By speed, so that all end together; the same share of peak is taken to be reached.", "")
		x.exact("second_gpu_hours", "GPU-hours of the second kind", unit.GPUHourCount, x.w.Second.GPUHours, "gpu_hours * second_share * peak / second_peak", "", "")
		hours = "gpu_hours * (1 - second_share)"
	}
	expr, says := "days", "As the run is estimated."
	if x.w.Second.Share > 0 {
		expr, says = "days * (1 - second_share)", "The second kind takes its share of the work off."
	}
	// Steps in the order in which they begin, as far as they are reached.
	type step struct{ day, gpus string }
	steps := []step{{"0", "gpus"}}
	at := []float64{0}
	if t.V[bill.LaterGPUs] > 0 {
		steps, at = append(steps, step{"later_day", "later_gpus"}), append(at, t.V[bill.LaterDay])
	}
	if t.V[bill.ThirdGPUs] > 0 && t.V[bill.ThirdDay] >= at[len(at)-1] {
		steps, at = append(steps, step{"third_day", "third_gpus"}), append(at, t.V[bill.ThirdDay])
	}
	n := 0
	for n+1 < len(steps) && days > at[n+1] {
		n++
	}
	if len(steps) > 1 {
		done := ""
		for i := 0; i < n; i++ {
			done += " - (" + steps[i+1].day + " - " + steps[i].day + ") * 24 * " + steps[i].gpus
		}
		expr = steps[n].day + " + (" + hours + done + ") / 24 / " + steps[n].gpus
		says = "What the GPUs of each step do until the next, the rest with the last."
	}
	x.exact("pretrain_days", "Training run: days", unit.DayCount, days, expr, says, "")
}

// lines writes every line, the stages and the total.
func (x *billSteps) lines() {
	w := x.w
	var stages []string
	for i := range w.Stages {
		s, st := lifecycle.Stage(i), &w.Stages[i]
		if !st.On {
			continue
		}
		key := s.String()
		var lines []string
		for k := range st.Parts {
			v := st.Parts[k]
			if !(v.V > 0) {
				continue
			}
			l := Line{Stage: s, Kind: bill.Kind(k), USD: v}
			expr, says := x.lineFormula(s, bill.Kind(k))
			x.step(l.Key(), lifecycle.Stages[s].Name+": "+bill.Kinds[k].Label, unit.Money, v, expr, says, "")
			lines = append(lines, l.Key())
		}
		expr := strings.Join(lines, " + ")
		if expr == "" {
			expr = "0"
		}
		x.step("cost_"+key, lifecycle.Stages[s].Name, unit.Money, w.StageMoney(s), expr, "All lines of the stage.", "")
		stages = append(stages, "cost_"+key)
	}
	expr := strings.Join(stages, " + ")
	if expr == "" {
		expr = "0"
	}
	x.step("cost_sum", "all stages", unit.Money, w.Sum, expr, "", "")
	if w.Reserve.V > 0 {
		x.step("cost_reserve", "Reserve", unit.Money, w.Reserve, "contingency * cost_sum", "For what nobody has thought of.", "")
		x.step("cost_total", "The whole bill", unit.Money, w.Total, "cost_sum + cost_reserve", "", "work of the laboratory on other models; taxes; a profit")
	} else {
		x.step("cost_total", "The whole bill", unit.Money, w.Total, "cost_sum", "", "work of the laboratory on other models; taxes; a profit")
	}
}

// abroad writes the bill's money in the other currency, where one is chosen.
func (x *billSteps) abroad() {
	p := PurseOf(x.in)
	if !p.Abroad {
		return
	}
	exchange := func(key string, v uncertainty.Value) {
		usd, ok := x.b.Var(key)
		if !ok {
			return
		}
		x.step(p.Name(key), usd.Label+", in "+p.Currency.Name, unit.Count, p.Of(v), key+" * exchange", "At the rate of its date.", "what the rate has done since")
	}
	exchange("gpu_hour", uncertainty.Value{V: x.w.Hour.USD, Spread: x.w.Hour.Spread})
	x.w.Lines(func(l Line) { exchange(l.Key(), l.USD) })
	for s := range x.w.Stages {
		exchange("cost_"+lifecycle.Stage(s).String(), x.w.StageMoney(lifecycle.Stage(s)))
	}
	exchange("cost_total", x.w.Total)
}

// lineFormula is the formula of one line.
func (x *billSteps) lineFormula(s lifecycle.Stage, k bill.Kind) (expr, says string) {
	key := s.String()
	switch k {
	case bill.ForCompute:
		switch s {
		case lifecycle.Pretrain:
			if x.w.Second.GPUHours > 0 {
				other := x.w.term
				other.V[bill.ServerPrice] = other.V[bill.SecondServer]
				other.Rated = x.in.Bill.Second.ServerW * (1 + x.in.V(scenario.NetworkShare))
				x.hour("second_", &other, x.w.Way, &x.w.Second.Hour)
				return "gpu_hours * (1 - second_share) * gpu_hour + second_gpu_hours * second_gpu_hour", "Both kinds, each at its own price."
			}
			return "gpu_hours * gpu_hour", "Every GPU-hour of the run is paid, lost time too."
		case lifecycle.Deploy, lifecycle.Operate:
			return key + "_gpu_hours * serve_price", "At the price of serving."
		}
		return key + "_gpu_hours * gpu_hour", ""
	case bill.ForLost:
		return "gpu_hours * failed_share * gpu_hour", "Runs begun and given up cost as the run does."
	case bill.ForPeople:
		return key + "_people * " + key + "_days / 365 * person_year", "People, full time, for the days of the stage."
	case bill.ForBought:
		switch s {
		case lifecycle.Collect:
			return "licences", ""
		case lifecycle.RedTeam:
			return "redteam_hours * redteam_price", ""
		}
		return "preferences * preference_price * (1 + checking) + demonstrations * demonstration_price * (1 + checking)", "Comparisons and written answers, with checks and rework."
	case bill.ForCores:
		return key + "_core_hours * core_price", ""
	case bill.ForStorage:
		if s == lifecycle.Collect {
			return "text_tb * storage_copies * storage_months * storage_price + crawl_tb * transfer_price", "The text is stored, the crawl is moved once."
		}
		return "tokens_unique * id_bytes / 1e12 * storage_months * storage_price", ""
	case bill.ForTools:
		if s == lifecycle.Monitor {
			return "serve_ops_per_day * horizon", "What keeping the service running costs a day, for the days ahead."
		}
	}
	return key + "_people * " + key + "_days / (365.25 / 12) * tools_price", ""
}

// footprint writes energy, carbon and water of the bill.
func (x *billSteps) footprint() {
	w := x.w
	var stages, hours []string
	keeps := ""
	if w.Way == bill.PaySpot {
		keeps = " / spot_keeps"
	}
	for i := range w.Stages {
		s, st := lifecycle.Stage(i), &w.Stages[i]
		if !st.On {
			continue
		}
		key := s.String()
		a := &w.Work[i]
		name := key + "_gpu_hours_used"
		if st.GPUHours.V > 0 {
			expr := key + "_gpu_hours" + keeps
			switch {
			case s == lifecycle.Pretrain && w.Second.GPUHours > 0:
				expr = "(gpu_hours * (1 - second_share) + second_gpu_hours)" + keeps + " + gpu_hours * failed_share" + keeps
			case s == lifecycle.Pretrain:
				expr = "gpu_hours * (1 + failed_share)" + keeps
			case a.ServeHours > 0:
				expr = key + "_gpu_hours"
			}
			x.step(name, lifecycle.Stages[s].Name+": GPU-hours with what is lost", unit.GPUHourCount, st.GPUHours, expr, "", "")
			hours = append(hours, name)
		}
		if !(st.Energy > 0) {
			continue
		}
		var parts []string
		if st.GPUHours.V > 0 {
			if second := "second_gpu_hours" + keeps; s == lifecycle.Pretrain && w.Second.GPUHours > 0 {
				parts = append(parts, "("+name+" - "+second+") * 3600 * power * pue", second+" * 3600 * second_power * pue")
			} else if a.ServeHours > 0 && w.in.FleetGPUs > 0 {
				parts = append(parts, "serve_energy_per_day * "+name+" / 24 / (replicas_mean * serve_gpus)")
			} else {
				parts = append(parts, name+" * 3600 * power * pue")
			}
		}
		if a.CoreHours > 0 {
			parts = append(parts, key+"_core_hours * 3600 * core_power * pue")
		}
		x.step("energy_"+key, lifecycle.Stages[s].Name+": energy", unit.Energy, w.StageEnergy(s), strings.Join(parts, " + "), "", "")
		stages = append(stages, "energy_"+key)
	}
	sum := func(of []string) string {
		if len(of) == 0 {
			return "0"
		}
		return strings.Join(of, " + ")
	}
	f := &w.Foot
	x.step("bill_gpu_hours", "GPU-hours of the whole bill", unit.GPUHourCount, w.GPUHours, sum(hours), "", "")
	x.step("bill_energy", "energy of the whole bill, with the building's overhead", unit.Energy, f.Building, sum(stages), "", "")
	x.step("bill_energy_it", "energy of the machines", unit.Energy, f.IT, "bill_energy / pue", "The building's overhead left out.", "")
	if x.in.Num[scenario.PowerPerGPU].Origin == derivation.Given {
		x.step("bill_energy_servers", "energy at the servers' plugs", unit.Energy, f.Servers, "bill_energy_it", "The power was given, network or not.", "")
	} else {
		x.step("bill_energy_servers", "energy at the servers' plugs", unit.Energy, f.Servers, "bill_energy_it / (1 + network_share)", "Network, storage and management left out.", "")
	}
	x.step("bill_carbon", "carbon of the electricity, by place", unit.Carbon, f.Carbon, "bill_energy / 3.6e6 * carbon_intensity", "What the local grid emits for it.", "making the machines")
	x.step("bill_carbon_market", "carbon of the electricity, by contracts", unit.Carbon, f.CarbonMarket, "bill_carbon * (1 - green_share)", "Electricity covered by green contracts counts as none.", "what the grid emits all the same")
	x.step("bill_making", "carbon of making the machines", unit.Carbon, f.Making, "bill_gpu_hours * embodied / (embodied_years * 8766 * embodied_use)", "Each hour in use carries its part of the hardware's making.", "building, network, taking apart")
	x.step("bill_water_site", "water on site", unit.Volume, f.WaterSite, "bill_energy_it / 3.6e6 * wue", "For each kWh of the machines.", "")
	x.step("bill_water_stations", "water at the power stations", unit.Volume, f.WaterStations, "bill_energy_it * pue / 3.6e6 * grid_water", "For each kWh into the building; the overhead counts once.", "")
	x.familiar()
	if f.Cleaner != nil {
		c := &f.Cleaner.Carbon
		x.let(derivation.Var{Name: "cleaner_intensity", Label: "carbon of electricity: " + f.Cleaner.Name, Kind: unit.KgPerKWh, Value: c.V, Origin: derivation.Constant, Source: c.Source, Date: c.Date, Note: "the least among places with a cloud region, counted in the same way"})
		x.exact("bill_cleaner_saves", "carbon that moving to "+f.Cleaner.Name+" would save", unit.Carbon, f.CleanerSaves, "bill_energy / 3.6e6 * (carbon_intensity - cleaner_intensity)", "The same energy from another grid.", "other weather and another building")
	}
}

// familiar writes how much the footprint is of things that people know.
func (x *billSteps) familiar() {
	from := map[string]string{"us_homes": "bill_energy / 3.6e6", "cars": "bill_carbon", "flights": "bill_carbon", "trees": "bill_carbon",
		"person_water": "(bill_water_site + bill_water_stations)", "pools": "(bill_water_site + bill_water_stations)"}
	for i := range x.w.Foot.Equal {
		e := &x.w.Foot.Equal[i]
		if e.Each == nil || !(e.Each.V > 0) {
			continue
		}
		one := "one_of_" + e.Key
		x.let(derivation.Var{Name: one, Label: "one of them (" + e.Each.Unit + ")", Kind: unit.None, Value: e.Each.V, Origin: derivation.Constant, Source: e.Each.Source, Date: e.Each.Date, Note: e.Each.Note})
		x.exact("equal_"+e.Key, e.Label, unit.None, e.Times, from[e.Key]+" / "+one, "", "")
	}
}
