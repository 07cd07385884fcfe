package core

import (
	"math"

	"flopbook/core/derivation"
	"flopbook/core/scenario"
	"flopbook/core/serve"
	"flopbook/core/unit"
)

// servingFit is the source of the fitted constants of serving.
const servingFit = "flopbook-serving-fit"

func explainServing(b *derivation.Book, in *Resolved, out *Report) {
	if in.Arch.Picture.Tokens == 0 {
		in.Arch.StepsKV(b, unit.Bytes(in.KVBytes), 0)
	}
	if !out.Serve.OK {
		return
	}
	v := &in.Serving
	s, p := &v.Service, &v.Plan
	e := explainer{b, out}
	x := serve.Explainer{B: b, Service: s, Plan: p, Fit: servingFit}
	let := func(name, symbol, label string, kind unit.Kind, v unit.Range, source, note string) {
		l := derivation.Var{Name: name, Symbol: symbol, Label: label, Kind: kind, Value: v.V, Origin: derivation.Constant, Source: source, Note: note}
		if !v.IsExact() {
			l.Lo, l.Hi = v.Lo, v.Hi
		}
		if source == "" {
			l.Origin = derivation.Computed
		}
		b.Let(l)
	}
	machine := in.Serve.Source
	if in.Serve.Acc == nil {
		machine = ""
	}
	x.Lets(machine)
	e.step(ServeGPUs, "serve_tp * serve_pp * serve_dp", "", "")
	says := "found by trying: the most with which a token takes no longer than asked, as far as memory holds them, or fewer where the first token then needs fewer copies"
	if p.TooSlow {
		says = "even one answer is slower than the pace asked for"
	}
	let("serve_batch", "B_s", "answers written at once by one copy", unit.None, unit.Exact(p.Seqs), "", says)
	if s.M.Patches > 0 {
		explainPictures(&x, e, in, out)
	} else {
		explainText(&x, e, in, out)
	}
	if s.PerDay > 0 {
		explainService(&x, e, in, out, let)
	}
}

// groups is how the answers of a copy are dealt out: to groups, and to the
// stages that each group passes through.
func groups(p *serve.Plan, seqs float64, name string) string {
	if p.L.PP > 1 {
		return name + " / serve_dp / max(1, min(serve_pp, " + name + " / serve_dp))"
	}
	return name + " / serve_dp"
}

func explainText(x *serve.Explainer, e explainer, in *Resolved, out *Report) {
	r := &out.Serve
	s, p := x.Service, x.Plan
	x.Question()
	perStep, yield, stretch := " / tokens_out", "1", ""
	if s.Q.Ahead.Tokens > 0 {
		perStep, yield, stretch = " * draft_yield / tokens_out", "draft_yield", " * (1 + draft * draft_cost) / draft_yield"
	}
	one := serve.Prefill(&s.M, 1, s.Q.In, s.Q.Cached)
	if one.Prompt > 0 || s.M.StartFLOP > 0 {
		x.Time(serve.Kind{Suffix: "_prefill", Of: "reading one question", Prompts: "1", Question: "tokens_question", Cached: "tokens_cached"}, &one, &r.Full.Prefill)
	} else {
		x.Time(serve.Kind{Suffix: "_prefill", Of: "a question with nothing to read", Prompts: "1", Question: "tokens_question", Cached: "tokens_cached"}, &one, &r.Full.Prefill)
	}
	mixed := func(suffix, of, seqs string, n float64, st *serve.Step) {
		w := serve.Mixed(&s.M, runOf(p, n), &s.Q)
		x.Time(serve.Kind{Suffix: suffix, Of: of, Seqs: seqs, Prompts: "step_answers" + suffix + perStep, Question: "tokens_question", Cached: "tokens_cached"}, &w, st)
	}
	mixed("", "machine full", groups(p, p.Seqs, "serve_batch"), p.Seqs, &r.Full.Decode)
	e.step(TPOT, "t_step"+stretch, "A step, questions of others read in between (continuous batching).", "tail latency")
	e.step(TTFT, "t_step_prefill + tpot", "Read the question, then one step.", "queueing, network")
	e.step(AnswerTime, "ttft + max(tokens_out - 1, 0) * tpot", "The first token, and each further one.", "queueing, network")
	e.step(OutPerGPU, "serve_batch / tpot / serve_gpus", "Each answer gets a token in that time.", "")

	// Money and energy of a million tokens.
	w := serve.Decode(runOf(p, p.Seqs), s.Q.Context)
	w.Draft = s.Q.Ahead.Tokens
	x.Time(serve.Kind{Suffix: "_write", Of: "answers alone", Seqs: groups(p, p.Seqs, "serve_batch")}, &w, &r.Full.Write)
	fresh := s.Q
	fresh.In, fresh.Cached = s.Q.In-s.Q.Cached, 0
	w = serve.Mixed(&s.M, runOf(p, p.Seqs), &fresh)
	x.Time(serve.Kind{Suffix: "_fresh", Of: "nothing read before", Seqs: groups(p, p.Seqs, "serve_batch"), Prompts: "step_answers_fresh" + perStep,
		Question: "(tokens_question - tokens_cached)", Cached: "0"}, &w, &r.Fresh)
	per := "serve_gpus * serve_price / 3600 / busy"
	tokens := "(serve_batch"
	if yield != "1" {
		tokens += " * draft_yield / (1 + draft * draft_cost)"
	}
	tokens += ")"
	e.step(USDPerMTokOut, per+" * t_step / "+tokens+" * 1e6", "Rent of a copy for a step over the tokens that it brings, divided by the share of time that machines are busy.", "operations, network, margin")
	e.step(USDPerMTokWritten, per+" * t_step_write / "+tokens+" * 1e6", "The step without any question in it.", "")
	read, held := s.Q.In-s.Q.Cached, s.Q.Cached
	if read > 0 {
		e.step(USDPerMTokRead, per+" * (t_step_fresh - t_step_write) / "+tokens+" / ((tokens_question - tokens_cached) / tokens_out) * 1e6", "What reading questions adds to the step, over the tokens read.", "")
	}
	if held > 0 {
		e.step(USDPerMTokCached, per+" * (t_step - t_step_fresh) / "+tokens+" / (tokens_cached / tokens_out) * 1e6", "What tokens already read still add: the new ones look back at them.", "keeping and fetching the cache")
	}
	explainEnergyPerToken(x, e, in, out, tokens, read > 0)
}

// runOf is the answers of one group in one stage.
func runOf(p *serve.Plan, seqs float64) float64 {
	g := seqs / p.L.DP
	return g / math.Max(1, math.Min(p.L.PP, g))
}

func explainServePower(x *serve.Explainer, in *Resolved) {
	v, b := &in.Serving, x.B
	f := v.Fit
	let := func(name, symbol, label string, kind unit.Kind, r unit.Range, source, note string) {
		l := derivation.Var{Name: name, Symbol: symbol, Label: label, Kind: kind, Value: r.V, Origin: derivation.Constant, Source: source, Note: note}
		if !r.IsExact() {
			l.Lo, l.Hi = r.Lo, r.Hi
		}
		b.Let(l)
	}
	rated := in.Serve.PowerSource
	let("serve_rated", "W_r", "rated power of the accelerator", unit.Power, v.Rated, rated, "")
	let("draw_static", "d_0", "share of it drawn whatever a step does", unit.Fraction, unit.Exact(f.Draw.Static), servingFit, "fitted on measured energy")
	let("draw_flop", "d_f", "joules of an operation", unit.None, unit.Exact(f.Draw.PerFLOP), servingFit, "fitted")
	let("draw_byte", "d_b", "joules of a byte read", unit.None, unit.Exact(f.Draw.PerByte), servingFit, "fitted")
	let("serve_server", "W_s", "rated power of a server, per GPU", unit.Power, unit.Exact(in.Serve.ServerW), rated, in.Serve.PowerNote)
	step := func(name, symbol, label string, r unit.Range, expr, says string) {
		b.Step(derivation.Var{Name: name, Symbol: symbol, Label: label, Kind: unit.Power, Value: r.V, Lo: r.Lo, Hi: r.Hi}, expr, says, "")
	}
	step("serve_host", "W_h", "the rest of the server while it answers, per GPU", v.Host, "max(0, serve_server - serve_rated) * host_share", "A share of what the server's rating leaves beside the accelerator.")
	step("serve_idle", "W_0", "a server that waits, per GPU", v.Idle, "serve_server * idle_share", "A share of the server's rating.")
}

// explainDraw writes what the accelerators of a copy draw in a step.
func explainDraw(x *serve.Explainer, suffix, of string, s *serve.Step, draw *serve.Draw, gpus float64) {
	b := x.B
	b.Let(derivation.Var{Name: "step_flop" + suffix, Symbol: "F_s", Label: "operations of a step, " + of, Kind: unit.FLOPs, Value: s.FLOP})
	b.Let(derivation.Var{Name: "step_bytes" + suffix, Symbol: "b_s", Label: "bytes read in a step, " + of, Kind: unit.ByteCount, Value: s.Bytes})
	b.Step(derivation.Var{Name: "step_energy" + suffix, Symbol: "E_s", Label: "energy of a step in the accelerators, " + of, Kind: unit.QueryEnergy, Value: serve.StepJoules(draw, &x.Service.H, s, gpus)},
		"min(serve_gpus * serve_rated * t_step"+suffix+", serve_gpus * draw_static * serve_rated * t_step"+suffix+" + draw_flop * step_flop"+suffix+" + draw_byte * step_bytes"+suffix+")",
		"What it draws all the time, and what operations and bytes add; never more than its rating.", "the rest of the server")
}

func explainEnergyPerToken(x *serve.Explainer, e explainer, in *Resolved, out *Report, tokens string, read bool) {
	v, r, b := &in.Serving, &out.Serve, x.B
	explainServePower(x, in)
	draw := v.Fit.Power(v.Rated.V)
	explainDraw(x, "", "machine full", &r.Full.Decode, &draw, r.GPUs)
	explainDraw(x, "_write", "answers alone", &r.Full.Write, &draw, r.GPUs)
	explainDraw(x, "_fresh", "nothing read before", &r.Fresh, &draw, r.GPUs)
	around := "serve_gpus * (serve_host + serve_idle * (1 - busy) / busy) * t_step"
	wh := func(suffix string) string {
		return "(step_energy" + suffix + " + " + around + suffix + ")"
	}
	e.step(WhPerMTokOut, wh("")+" * pue / "+tokens+" / 3600 * 1e6", "Accelerators and the rest of their servers, what idle ones draw, and the building's overhead.", "")
	e.step(WhPerMTokWritten, wh("_write")+" * pue / "+tokens+" / 3600 * 1e6", "The step without any question in it.", "")
	if read {
		e.step(WhPerMTokRead, "("+wh("_fresh")+" - "+wh("_write")+") * pue / "+tokens+" / 3600 * 1e6 / ((tokens_question - tokens_cached) / tokens_out)", "What reading questions adds.", "")
	}
	letIntensity(b, in)
	e.step(CarbonPerMTokOut, "wh_per_mtok_out / 1000 * serve_carbon_intensity", "Energy in kWh times the grid's greenhouse gas per kWh.", "making the machines")
}

func letIntensity(b *derivation.Book, in *Resolved) {
	i := &in.Serving.Intensity
	l := derivation.Var{Name: "serve_carbon_intensity", Symbol: "CI_s", Label: "carbon per kWh where answers are written", Kind: unit.KgPerKWh, Value: i.R.V, Origin: i.Origin, Source: i.Source, Date: i.Date, Note: i.Note}
	if !i.R.IsExact() {
		l.Lo, l.Hi = i.R.Lo, i.R.Hi
	}
	b.Let(l)
}

func explainPictures(x *serve.Explainer, e explainer, in *Resolved, out *Report) {
	r := &out.Serve
	s, p := x.Service, x.Plan
	x.B.Let(derivation.Var{Name: "picture_tokens", Symbol: "n_t", Label: "tokens of a picture", Kind: unit.Count, Value: s.M.Patches, Origin: derivation.Computed})
	w := serve.Picture(&s.M, runOf(p, p.Seqs))
	x.Time(serve.Kind{Of: "one pass", Prompts: groups(p, p.Seqs, "serve_batch"), Question: "picture_tokens", Cached: "0"}, &w, &r.Full.Decode)
	e.step(AnswerTime, "passes * t_step", "All passes, one after the other.", "turning numbers into pixels; queueing")
	e.step(TTFT, "answer_time", "A picture comes whole.", "")
}

func explainService(x *serve.Explainer, e explainer, in *Resolved, out *Report, let func(name, symbol, label string, kind unit.Kind, v unit.Range, source, note string)) {
	v, r, b := &in.Serving, &out.Serve, x.B
	s, p := x.Service, x.Plan
	text := s.M.Patches == 0
	b.Step(derivation.Var{Name: "questions_per_day", Symbol: "q", Label: "questions a day", Kind: unit.PerDay, Value: s.PerDay}, "people * questions", "", "")
	hold := "tokens_out * tpot"
	if !text {
		hold = "answer_time"
	}
	b.Step(derivation.Var{Name: "serve_hold", Symbol: "h_s", Label: "time that an answer holds its place", Kind: unit.Time, Value: r.Hold}, hold, "", "")
	b.Step(derivation.Var{Name: "copy_rate", Symbol: "\\mu", Label: "questions a second that a full copy answers", Kind: unit.None, Value: r.Full.Questions}, "serve_batch / serve_hold", "As many places as it has, each turned over in that time (Little's law).", "")
	let("copies_needed", "r_0", "copies for the busiest minute", unit.Count, unit.Exact(p.Copies), "", "found by trying: the fewest with which nine in ten questions of the busiest minute have their first token in time")
	b.Step(derivation.Var{Name: "load_peak", Symbol: "\\rho_p", Label: "load of the copies in the busiest minute", Kind: unit.Fraction, Value: r.AtPeak}, "questions_per_day / 86400 * peak_to_mean / (copies_needed * copy_rate)", "", "")
	e.step(Replicas, "copies_needed + spare_copies", "Enough for the busiest minute, and spare ones for failures.", "")
	e.step(ServeGPUsAll, "replicas * serve_gpus", "", "")
	if s.Scaling.Follow {
		l := derivation.Var{Name: "replicas_mean", Symbol: "r_m", Label: "copies that run, on average", Kind: unit.None, Value: p.Mean, Origin: derivation.Solved,
			Note: "mean over the 10,080 minutes of a week in which copies follow the traffic, with lead and headroom"}
		if m := out.V[ReplicasMean]; !m.IsExact() {
			l.Lo, l.Hi = m.Lo, m.Hi
		}
		b.Let(l)
	} else {
		e.step(ReplicasMean, "replicas", "All run all week.", "")
	}
	e.step(FleetBusy, "questions_per_day / 86400 / (replicas_mean * copy_rate)", "What is asked over what the running copies could answer.", "")

	// At the usual load.
	let("answers_usual", "N_u", "answers that a copy writes at once, on average", unit.None, unit.Exact(p.Usual), "", "found by trying: the number that the questions coming in keep running (Little's law)")
	first := "answer_time"
	if text {
		perStep, stretch := " / tokens_out", ""
		if s.Q.Ahead.Tokens > 0 {
			perStep, stretch = " * draft_yield / tokens_out", " * (1 + draft * draft_cost) / draft_yield"
		}
		w := serve.Mixed(&s.M, runOf(p, p.Usual), &s.Q)
		x.Time(serve.Kind{Suffix: "_usual", Of: "at the mean load", Seqs: groups(p, p.Usual, "answers_usual"), Prompts: "step_answers_usual" + perStep, Question: "tokens_question", Cached: "tokens_cached"}, &w, &r.Usual.Decode)
		e.step(UsualTPOT, "t_step_usual"+stretch, "As the full machine, with fewer answers in a step.", "")
		first = "t_step_prefill + tpot_usual"
	} else {
		w := serve.Picture(&s.M, runOf(p, p.Usual))
		x.Time(serve.Kind{Suffix: "_usual", Of: "one pass at the mean load", Prompts: groups(p, p.Usual, "answers_usual"), Question: "picture_tokens", Cached: "0"}, &w, &r.Usual.Decode)
		first = "passes * t_step_usual"
	}
	wait := func(name, label, places, load string, v float64, long bool) {
		share := "min(1, (" + load + ")^(sqrt(2 * (" + places + " + 1)) - 1))"
		if long {
			share = "max(0, ln(10 * " + share + "))"
		}
		b.Step(derivation.Var{Name: name, Symbol: "w", Label: label, Kind: unit.Time, Value: v},
			share+" * (burst^2 + out_spread^2) / 2 * serve_hold / ("+places+" * (1 - "+load+"))",
			"How often all places are taken (Sakasegawa's approximation of Erlang C), times how long one takes to come free; bursts and uneven answers lengthen it (Allen and Cunneen).", "a copy that is not full is quicker")
	}
	wait("wait_place", "mean wait for a place", "(replicas_mean / regions * serve_batch)", "fleet_busy", r.Wait, false)
	queue := func(name, label, rate string, v float64) {
		b.Step(derivation.Var{Name: name, Symbol: "w_q", Label: label, Kind: unit.Time, Value: v},
			"(burst^2 + in_spread^2) / 2 * ("+rate+" * reading) / (1 - "+rate+" * reading) * reading",
			"Questions that are read before one's own.", "")
	}
	parts := ""
	if text {
		b.Step(derivation.Var{Name: "reading", Symbol: "t_r", Label: "time of a full copy that reading one question takes", Kind: unit.Time, Value: r.Full.Reading()}, "max(0, 1 - t_step_write / t_step) / copy_rate", "What questions add to the steps, shared among them.", "")
		queue("wait_read", "mean wait for others' questions", "questions_per_day / 86400 / replicas_mean", r.Queue)
		parts = " + wait_read"
	}
	e.step(UsualTTFT, first+" + wait_place"+parts, "Reading, a step, and waiting.", "network")
	wait("wait_peak", "wait for a place in the busiest minute, exceeded by one question in ten", "(copies_needed / regions * serve_batch)", "load_peak", r.PeakWait, true)
	parts = ""
	if text {
		queue("wait_read_peak", "mean wait for others' questions in the busiest minute", "questions_per_day / 86400 * peak_to_mean / copies_needed", r.PeakQueue)
		parts = " + wait_read_peak"
	}
	e.step(PeakTTFT, "ttft + wait_peak"+parts, "As the full machine, with the wait that only one in ten exceeds.", "network")

	// The bill.
	e.step(MachinesPerDay, "replicas_mean * serve_gpus * 24 * serve_price", "What runs is rented by the hour.", "")
	e.step(OpsPerDay, "serve_machines_per_day * ops_share + on_call * on_call_usd / 365", "Monitoring and tools go with the machines; people on call are paid by the year.", "building the service")
	e.step(CostPerDay, "serve_machines_per_day + serve_ops_per_day", "", "")
	e.step(CostPerQuery, "serve_cost_per_day / questions_per_day", "", "")
	if !text {
		explainServePower(x, in)
		letIntensity(b, in)
	}
	draw := v.Fit.Power(v.Rated.V)
	explainDraw(x, "_usual", "at the mean load", &r.Usual.Decode, &draw, r.GPUs)
	b.Step(derivation.Var{Name: "awake", Symbol: "u_a", Label: "share of the time in which a copy has an answer to write", Kind: unit.Fraction, Value: r.Awake}, "min(1, answers_usual)", "", "")
	b.Step(derivation.Var{Name: "serve_power_gpu", Symbol: "W_g", Label: "power of a busy accelerator", Kind: unit.Power, Value: r.UsualW}, "step_energy_usual / (t_step_usual * serve_gpus)", "", "")
	each := "replicas_mean * serve_gpus * 86400 / questions_per_day"
	e.step(EnergyPerQueryGPU, "awake * serve_power_gpu * "+each, "The accelerators while they answer. Scope: accelerators only.", "idle machines, the rest of the server, cooling")
	e.step(EnergyPerQueryWall, "(awake * (serve_power_gpu + serve_host) + (1 - awake) * serve_idle) * "+each, "All servers, waiting ones too. Scope: at the servers' plugs.", "cooling and distribution")
	e.step(EnergyPerQuery, "energy_per_query_wall * pue", "Scope: the whole facility.", "making the machines; network and the reader's device")
	e.step(EnergyPerDay, "energy_per_query * questions_per_day", "", "")
	e.step(CarbonPerDay, "serve_energy_per_day / 3.6e6 * serve_carbon_intensity", "Energy in kWh times the grid's greenhouse gas per kWh.", "making the machines")
	e.step(CarbonPerQuery, "serve_carbon_per_day / questions_per_day", "", "")
	explainOwning(e, in, out, let)
	explainLifetime(e, in, out, let)
}

func explainOwning(e explainer, in *Resolved, out *Report, let func(name, symbol, label string, kind unit.Kind, v unit.Range, source, note string)) {
	v, r := &in.Serving, &out.Serve
	if out.Known[OwnPerDay] {
		a := in.Serve.Acc
		let("own_hour", "k_h", "worth that an owned GPU loses in an hour, with its server and network", unit.USDPerGPUHour, unit.Exact(r.Network), "epoch-training-cost-trends", "server price "+unit.Short(unit.Money, a.ServerPrice.V)+" per GPU, falling 0.14 orders of magnitude a year; 19 % of a cluster is network")
		let("own_upkeep", "k_u", "staff, spares and contracts for it, an hour", unit.USDPerGPUHour, unit.Exact(r.Upkeep), "flopbook-assumption", "a share of its price each year")
		e.step(OwnPerDay, "serve_gpus_all * 24 * (own_hour + own_upkeep) + serve_energy_per_day / 3.6e6 * kwh_price + serve_ops_per_day",
			"Machines of one's own stand there whether they answer or not; electricity is paid for what is drawn.", "the building")
	}
	if !out.Known[APIPerDay] {
		return
	}
	for _, l := range [...]struct {
		name, label string
		v           float64
	}{{"list_price_in", "list price of a million question tokens", v.ListIn}, {"list_price_cached", "list price of a million question tokens already read", v.ListCached}, {"list_price_out", "list price of a million answer tokens", v.ListOut}} {
		e.b.Let(derivation.Var{Name: l.name, Label: l.label, Kind: unit.USDPerMTok, Value: l.v, Origin: derivation.Constant, Source: v.ListSource, Date: v.ListDate, Note: v.ListName})
	}
	e.b.Step(derivation.Var{Name: "api_cost_per_query", Symbol: "k_a", Label: "a question at the list price", Kind: unit.Money, Value: r.APICost},
		"((tokens_question - tokens_cached) * list_price_in + tokens_cached * list_price_cached + tokens_out * list_price_out) / 1e6", "", "batch discounts, tokens counted differently by another tokenizer")
	e.step(APIPerDay, "api_cost_per_query * questions_per_day", "Nothing to run, nothing idle.", "")
	if out.Known[ListPriceRatio] {
		e.step(ListPriceRatio, "usd_per_mtok_out * tokens_out / 1e6 / api_cost_per_query", "What a question costs here on well-filled machines, over what a host charges for the same tokens.", "the host's other customers, margin and idle time")
	}
	if out.Known[APICrossing] {
		e.step(APICrossing, "((regions + spare_copies) * serve_gpus * 24 * serve_price * (1 + ops_share) + on_call * on_call_usd / 365) / api_cost_per_query",
			"The smallest fleet costs the same whatever it answers; from so many questions on the list price costs more.", "")
	}
}

// grown writes the sum over days of rate^(day/365) as an expression.
func grown(rate float64, text, days string) string {
	if math.Abs(math.Log(rate)) <= 1e-12 {
		return days
	}
	return "(365 * ((" + text + ")^(" + days + " / 365) - 1) / ln(" + text + "))"
}

func explainLifetime(e explainer, in *Resolved, out *Report, let func(name, symbol, label string, kind unit.Kind, v unit.Range, source, note string)) {
	l := &out.Serve.Life
	growth, fall := in.V(scenario.Growth), in.V(scenario.PriceFall)
	cross := func(k Key, once, day, says, ignores string) {
		if !out.Known[k] {
			return
		}
		expr := once + " / " + day
		if math.Abs(math.Log(growth)) > 1e-12 {
			expr = "365 * ln(1 + " + expr + " * ln(growth) / 365) / ln(growth)"
			says += " The demand grows meanwhile."
		}
		e.step(k, expr, says, ignores)
	}
	cross(CrossingDays, "cost", "serve_cost_per_day", "Days of serving that cost as much as the training did.", "falling prices of machines")
	if out.Known[CrossingTokens] {
		e.step(CrossingTokens, "questions_per_day * tokens_out * "+grown(growth, "growth", "crossing_days"), "", "")
	}
	cross(CrossingDaysEnergy, "energy", "serve_energy_per_day", "Days of serving that use as much energy as the training did.", "")
	cross(CrossingDaysCarbon, "carbon", "serve_carbon_per_day", "Days of serving that emit as much as the training did.", "making the machines")
	if out.Known[BreakEvenPrice] {
		e.step(BreakEvenPrice, "(cost + serve_cost_per_day * "+grown(growth, "growth", "horizon")+") / (questions_per_day * tokens_out / 1e6 * "+grown(growth/fall, "growth / price_fall", "horizon")+")",
			"Today's price, falling with the market's, that pays for training and serving over the days looked ahead.", "other costs of the company")
	}
	if out.Serve.Revenue > 0 {
		e.b.Step(derivation.Var{Name: "revenue_per_day", Symbol: "R", Label: "revenue a day, today", Kind: unit.Money, Value: out.Serve.Revenue}, "questions_per_day * tokens_out / 1e6 * token_price", "", "")
	}
	if days, ok := MarginDays(in, out); ok {
		e.b.Step(derivation.Var{Name: "margin_days", Symbol: "T_m", Label: "day on which the falling price has come down to what serving costs", Kind: unit.DayCount, Value: days},
			"365 * ln(revenue_per_day / serve_cost_per_day) / ln(price_fall)", "Prices fall by the same factor each year; machines are rented at today's rent.", "rents that fall too, growing demand that fills machines better")
	}
	if out.Known[PaybackDays] {
		q := &Quantities[PaybackDays]
		r := out.V[PaybackDays]
		v := derivation.Var{Name: q.Name, Symbol: q.Symbol, Label: q.Label, Kind: q.Kind, Value: r.V, Lo: r.Lo, Hi: r.Hi, Origin: derivation.Solved}
		e.b.Step(v, "cost = revenue_per_day * "+grown(growth/fall, "growth / price_fall", "payback_days")+" - serve_cost_per_day * "+grown(growth, "growth", "payback_days"),
			"Revenue at falling prices, less serving, has paid for training.", "discounting, other costs of the company")
	}
	if l.Law == nil {
		return
	}
	explainLifetimeOptimum(e, in, out, let)
}

func explainLifetimeOptimum(e explainer, in *Resolved, out *Report, let func(name, symbol, label string, kind unit.Kind, v unit.Range, source, note string)) {
	l, b := &out.Serve.Life, e.b
	law := l.Law
	one := func(name, symbol, label string, v float64) {
		let(name, symbol, label, unit.None, unit.Exact(v), law.Source, law.Name)
	}
	one("law_e", "E", "loss that no size and no data goes below", law.E)
	one("law_a", "A", "coefficient of size", law.A)
	one("law_b", "B", "coefficient of data", law.B)
	one("law_alpha", "\\alpha", "exponent of size", law.Alpha)
	one("law_beta", "\\beta", "exponent of data", law.Beta)
	b.Step(derivation.Var{Name: "loss_reducible", Symbol: "r_\\ell", Label: "loss above that floor", Kind: unit.Loss, Value: l.Reducible},
		"law_a / params_active^law_alpha + law_b / tokens^law_beta", "What a larger model and more data can still take away.", "repeats of the data")
	optimum := func(suffix, of string, q float64) {
		b.Let(derivation.Var{Name: "life_ratio" + suffix, Symbol: "q_l", Label: "serving over training at the optimum, " + of, Kind: unit.None, Value: q, Origin: derivation.Solved})
		b.Step(derivation.Var{Name: "life_ratio" + suffix, Symbol: "q_l", Label: "serving over training at the optimum, " + of, Kind: unit.None, Value: q, Origin: derivation.Solved},
			"life_weight"+suffix+" = life_ratio"+suffix+" * (law_b * (law_alpha / law_beta + 1 + life_ratio"+suffix+") / (loss_reducible * law_alpha / law_beta))^(1 / law_beta)",
			"Of all sizes with this loss, the one whose last parameter saves in training what it costs in serving (Sardana and Frankle).", "")
	}
	size := "(law_a * (law_alpha / law_beta + 1 + life_ratio) / (loss_reducible * (1 + life_ratio)))^(1 / law_alpha)"
	if l.MoneyOK && l.Money.Ratio > 0 {
		b.Step(derivation.Var{Name: "life_weight", Symbol: "w_l", Label: "training tokens that cost as much as all serving", Kind: unit.TokenCount, Value: float64(l.Money.Weight)},
			"tokens * serve_cost_per_day * "+grown(in.V(scenario.Growth), "growth", "horizon")+" / cost", "Both bills grow with the size, so their ratio is kept as the size changes.", "small models that leave their machines idle")
		optimum("", "in money", l.Money.Ratio)
		e.step(LifetimeParams, size, "", "the range spans two sets of constants of the law")
		e.step(LifetimeTokens, "(law_b * (law_alpha / law_beta + 1 + life_ratio) / (loss_reducible * law_alpha / law_beta))^(1 / law_beta)", "", "data that there is not")
		e.step(LifetimeSaving, "1 - lifetime_params * (lifetime_tokens + life_weight) / (params_active * (tokens + life_weight))", "The bill of training and serving together, against the model as it is.", "")
	}
	if l.MoneyOK {
		b.Step(derivation.Var{Name: "params_best_split", Symbol: "N_0", Label: "size of this loss that is cheapest to train", Kind: unit.ParamCount, Value: float64(l.Money.ComputeOptimal.Params)},
			"(law_a * (law_alpha / law_beta + 1) / loss_reducible)^(1 / law_alpha)", "", "")
		b.Step(derivation.Var{Name: "tokens_best_split", Symbol: "D_0", Label: "and its tokens", Kind: unit.TokenCount, Value: float64(l.Money.ComputeOptimal.Tokens)},
			"(law_b * (law_alpha / law_beta + 1) / (loss_reducible * law_alpha / law_beta))^(1 / law_beta)", "", "")
		e.step(OvertrainOverhead, "params_active * tokens / (params_best_split * tokens_best_split) - 1", "Compute spent on a smaller or larger model than the cheapest of this loss (De Vries).", "")
	}
	if l.WorkOK && l.Work.Ratio > 0 {
		b.Step(derivation.Var{Name: "life_weight_flop", Symbol: "w_f", Label: "training tokens that are as much work as all serving", Kind: unit.TokenCount, Value: float64(l.Work.Weight)},
			"questions_per_day * (tokens_question - tokens_cached + tokens_out) * "+grown(in.V(scenario.Growth), "growth", "horizon")+" / 3", "A served token is two operations for each parameter, a training token six.", "")
		optimum("_flop", "in work", l.Work.Ratio)
		e.step(LifetimeParamsWork, "(law_a * (law_alpha / law_beta + 1 + life_ratio_flop) / (loss_reducible * (1 + life_ratio_flop)))^(1 / law_alpha)", "", "")
	}
	if out.Known[USDPerLossStep] {
		e.step(USDPerLossStep, "cost * ((loss_reducible / (loss_reducible - 0.01))^((law_alpha + law_beta) / (law_alpha * law_beta)) - 1)",
			"How much more compute, split in the best way, takes the loss down by 0.01 nats.", "data that there is not")
	}
}
