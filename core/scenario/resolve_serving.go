package scenario

import (
	"math"
	"slices"
	"strings"
	"sync"

	"flopbook/core/catalog"
	"flopbook/core/derivation"
	"flopbook/core/model"
	"flopbook/core/serve"
	"flopbook/core/uncertainty"
	"flopbook/core/unit"
)

// A Serving is what the answering of questions rests on, apart from the fields.
type Serving struct {
	Engine string // as the fitted table names it
	Fit    *serve.Fit
	Near   bool       // the fit speaks for another precision, engine or family
	Time   unit.Range // factor on every time, from measurements that the fit had not seen
	Energy unit.Range // the same on the accelerators' energy

	Rated, Host, Idle unit.Range // W per GPU: the chip's rating; its share of the rest of the server while answering; all of the server while waiting

	Intensity Value // kg CO2e per kWh where the answers are written

	ListIn, ListOut, ListCached    float64 // USD per million tokens at a host; 0 unknown
	ListName, ListSource, ListDate string
	ListSame                       bool // the price is of this very model, not of one of its size

	Service serve.Service // filled by core for the demand in force
	Plan    serve.Plan
}

// Ranges sets the factors on time and energy: those of the fit, or twice as wide
// in the logarithm off what was measured.
func (v *Serving) Ranges(far bool) {
	v.Time = unit.Range{V: 1, Lo: v.Fit.Lo, Hi: v.Fit.Hi}
	v.Energy = unit.Range{V: 1, Lo: v.Fit.EnergyLo, Hi: v.Fit.EnergyHi}
	if far {
		v.Time.Lo, v.Time.Hi = v.Time.Lo*v.Time.Lo, v.Time.Hi*v.Time.Hi
		v.Energy.Lo, v.Energy.Hi = v.Energy.Lo*v.Energy.Lo, v.Energy.Hi*v.Energy.Hi
	}
}

// serveFormat sets the format that weights are served in and returns the
// precision of the arithmetic.
func (r *Resolved) serveFormat(key string, acc *catalog.Accelerator) catalog.Precision {
	if key == "auto" {
		key = "bf16"
		if acc != nil && acc.Peak[catalog.FP8].Known {
			key = "fp8"
		}
	}
	if key == "mxfp4" && r.MoE {
		key = "mxfp4-experts" // as gpt-oss comes
	}
	f, p := model.FindFormat(key)
	if p != nil {
		f, _ = model.FindFormat("bf16")
	}
	r.Format = f
	switch f.Name {
	case "fp8":
		return catalog.FP8
	case "nvfp4":
		return catalog.FP4
	}
	return catalog.BF16
}

// fitPrecision is the name under which the fitted table holds a weight format.
func fitPrecision(format string) string {
	switch {
	case format == "fp8" || format == "nvfp4":
		return "fp8"
	case strings.HasPrefix(format, "mxfp4"):
		return "mxfp4"
	case strings.HasPrefix(format, "gguf"):
		return "gguf"
	case format == "int8" || format == "int4":
		return format
	}
	return "16-bit"
}

// FitOf are the constants of serving in a number format; near is true where they
// speak for another.
func (r *Resolved) FitOf(f *model.Format) (fit *serve.Fit, near bool) {
	return serve.Fitted(r.Serving.Engine, serve.FamilyOf(r.Serve.Family, r.Serve.Bandwidth), fitPrecision(f.Name))
}

// engineName is the engine as the fitted table names it.
func (r *Resolved) engineName(key string) string {
	switch key {
	case "vllm":
		return "vLLM"
	case "tensorrt-llm":
		return "TensorRT-LLM"
	case "llama.cpp", "gpt-fast":
		return key
	case "deepspeed":
		return "DeepSpeed"
	}
	switch {
	case r.Arch.Encoder.Layers > 0 || r.Arch.Picture.Tokens > 0:
		return "" // no engine was measured on such models
	case r.atHome():
		return "llama.cpp"
	case r.Serve.Family == "RDU":
		return "sambaflow"
	case r.Arch.MoE.Experts >= manyExperts:
		// Hosts deal the experts out over many GPUs; the two published services
		// that do (DeepSeek, SGLang) are met with this engine's constants, not with
		// those of single servers under vLLM.
		return "TensorRT-LLM"
	}
	return "vLLM"
}

// manyExperts is from how many experts on hosts deal them out.
const manyExperts = 32

// atHome reports a card for the home or a machine that is one chip.
func (r *Resolved) atHome() bool {
	a := r.Serve.Acc
	return a != nil && (a.Kind == "soc" || strings.Contains(strings.ToLower(a.Form), "consumer"))
}

func (r *Resolved) resolveServing(s *Scenario) {
	r.resolveDemand(s)
	r.assume(Horizon, unit.Exact(365), "", "", "a year")
	price := r.Num[Price]
	if s.Chosen(ServeAccelerator) != "same" {
		r.assume(ServePrice, rental(&r.Serve), rentalSource(&r.Serve), rentalDate(&r.Serve), rentalNote(&r.Serve))
	}
	r.assume(ServePrice, price.R, price.Source, price.Date, "the price of training")
	r.KVBytes = 2
	if s.Chosen(KVPrecision) == "fp8" {
		r.KVBytes = 1
	}

	v := &r.Serving
	v.Engine = r.engineName(s.Chosen(Engine))
	v.Fit, v.Near = r.FitOf(r.Format)
	v.Near = v.Near || r.Format.Name == "nvfp4"
	v.Ranges(v.Near)
	r.servePower()
	v.Intensity = r.Num[Intensity]
	if key := s.Chosen(ServeGrid); key != "same" {
		if g, p := catalog.FindGrid(key); p == nil {
			v.Intensity = Value{R: g.Carbon.Range(), Origin: derivation.Assumed, Source: g.Carbon.Source, Date: g.Carbon.Date, Note: g.Name + ", " + g.School.String(), Known: true}
		}
	}
	r.listPrice()
	r.resolveTrade()
}

// resolveDemand fills what is asked of the service.
func (r *Resolved) resolveDemand(s *Scenario) {
	w := catalog.FindWorkload(s.Chosen(Workload))
	trace := func(n Num, v catalog.Value, note string) {
		if v.Known {
			r.assume(n, unit.Exact(v.V), v.Source, v.Date, note)
		}
	}
	if w != nil {
		trace(In, w.In, "mean of the trace")
		trace(Out, w.Out, "mean of the trace")
		trace(InSpread, w.InCV, w.InCV.Note)
		trace(OutSpread, w.OutCV, w.OutCV.Note)
		trace(Burst, w.ArrivalCV, "of the trace")
		trace(Peak, w.Peak, w.Peak.Note)
		trace(Cached, w.Hit, w.Hit.Note)
	}
	r.assume(People, unit.Exact(1e6), "", "", "an example: a service that many know")
	r.assume(Questions, unit.Exact(10), "", "", "an example")
	if r.Arch.Encoder.Layers > 0 {
		r.assume(In, unit.Exact(4), "whisper-2022", "2022", "marks for language and task before the text of a window")
		r.assume(Out, unit.Exact(100), "", "", "about 75 words, which people speak in 30 seconds")
	}
	if r.Arch.Picture.Tokens > 0 {
		r.assume(In, unit.Exact(0), "", "", "a picture has no text to read")
		r.assume(Out, unit.Exact(1), "", "", "a picture comes whole")
		r.assume(OutSpread, unit.Exact(0), "", "", "pictures are alike")
		r.assume(TTFT, unit.Exact(20), "mlperf-inference", "2024", "what MLPerf asks of a server of Stable Diffusion XL")
		r.assume(Passes, unit.Exact(100), "", "", "50 steps, each with and without the condition (guidance)")
	}
	r.assume(Passes, unit.Exact(1), "", "", "a text model has none")
	r.assume(In, unit.Exact(500), "", "", "about a page")
	r.assume(Out, unit.Exact(300), "", "", "about three paragraphs")
	chat := catalog.FindWorkload("azure-chat")
	trace(InSpread, chat.InCV, "of Azure's chat trace")
	trace(OutSpread, chat.OutCV, "of Azure's chat trace")
	r.assume(Burst, unit.Exact(1), "", "", "people ask independently of each other")
	peak := catalog.Serving("peak_over_mean")
	r.assume(Peak, peak.Range(), peak.Source, peak.Date, peak.Note)
	r.assume(Retrieved, unit.Exact(0), "", "", "none")
	r.assume(Cached, unit.Exact(0), "", "", "every question is new")
	r.assume(TPOT, unit.Exact(0.05), "", "", "faster than people read")
	r.assume(TTFT, unit.Exact(2), "mlperf-inference", "2024", "what MLPerf asks of a server with a model of 70B")
	r.assume(Regions, unit.Exact(1), "", "", "one")
	r.assume(Spare, unit.Exact(0), "", "", "none")
	r.assume(Lead, unit.Exact(10), "flopbook-assumption", "2026", "getting a machine, loading and warming up")
	r.assume(Headroom, unit.Exact(0.2), "flopbook-assumption", "2026", "a fifth above the forecast")
	r.assume(Draft, unit.Exact(0), "", "", "no speculative decoding")
	r.assume(Accept, unit.Exact(0.8), "flopbook-assumption", "2026", "published first tokens: 0.6 to 0.92")
	r.assume(Falloff, unit.Exact(0.8), "flopbook-assumption", "2026", "acceptance falls with depth")
	r.assume(DraftCost, unit.Exact(0.05), "flopbook-assumption", "2026", "a head on the model; a model of its own takes more")
	busy := catalog.Serving("busy_share")
	share, note := 1/r.V(Peak), "mean over the busiest minute, for which the machines run all week"
	if s.Chosen(Fleet) == "follow" {
		r.Follow = true
		share = serve.FollowedShare(r.V(Peak), serve.Scaling{Follow: true, Lead: r.V(Lead), Headroom: r.V(Headroom)})
		note = "mean over what runs when copies follow the traffic, over the minutes of a week"
	}
	// The spread is that of measured services around their middle.
	r.assume(Busy, unit.Range{V: share, Lo: share * busy.Lo / busy.V, Hi: math.Min(1, math.Max(share, share*busy.Hi/busy.V))}, busy.Source, busy.Date, note)
}

// resolveTrade fills money beside the machines.
func (r *Resolved) resolveTrade() {
	r.assume(Growth, unit.Exact(1), "", "", "steady")
	r.assume(OpsShare, unit.Range{V: 0.1, Lo: 0.05, Hi: 0.3}, "flopbook-assumption", "2026", "load balancing, logs, monitoring, storage")
	r.assume(OnCall, unit.Exact(0), "", "", "nobody, as long as it is an experiment")
	r.assume(OnCallUSD, unit.Range{V: 200_000, Lo: 120_000, Hi: 400_000}, "flopbook-assumption", "2026", "an engineer with what comes with the salary")
	fall := constant("token_price_fall")
	r.assume(PriceFall, fall.Range(), fall.Source, fall.Date, fall.Note)
	if v := &r.Serving; v.ListOut > 0 {
		in := r.V(In) + r.V(Retrieved)
		all := v.ListOut + (in*(1-r.V(Cached))*v.ListIn+in*r.V(Cached)*v.ListCached)/math.Max(r.V(Out), 1)
		r.assume(TokenPrice, unit.Exact(all), v.ListSource, v.ListDate, "list price of "+v.ListName+", questions included")
	}
}

// servePower fills the parts of the power of a serving GPU.
func (r *Resolved) servePower() {
	v := &r.Serving
	rated := r.V(OwnPower)
	if a := r.Serve.Acc; a != nil {
		rated = a.Power.Or(r.Serve.ServerW / constant("server_power_factor").V)
	}
	r.assumeValue(HostShare, constant("power_fraction_decode"), "")
	r.assumeValue(IdleShare, constant("power_fraction_idle"), "")
	v.Rated = unit.Exact(rated)
	v.Host = uncertainty.Scale(r.Num[HostShare].R, math.Max(0, r.Serve.ServerW-rated))
	v.Idle = uncertainty.Scale(r.Num[IdleShare].R, r.Serve.ServerW)
}

// A priced is an open model of the presets with a list price.
type priced struct {
	preset *Preset
	active float64
	price  *catalog.APIPrice
}

// pricedModels lists the open text models that somebody sells, for each the
// newest price.
var pricedModels = sync.OnceValue(func() (out []priced) {
	all := catalog.APIPrices()
	for i := range all {
		p := &all[i]
		known, _ := FindPreset(p.Model)
		if p.Kind == "closed" || known == nil || known.Kind != "text" {
			continue
		}
		var k model.Counts
		known.Arch.Count(&k)
		one := priced{known, k.Active[model.WithEmbeddings], p}
		at := slices.IndexFunc(out, func(o priced) bool { return o.preset == known })
		switch {
		case at < 0:
			out = append(out, one)
		case p.Output.Date > out[at].price.Output.Date:
			out[at] = one
		}
	}
	return out
})

// listPrice finds what a host charges for this model, or for an open one of at
// most twice or half its active size.
func (r *Resolved) listPrice() {
	if r.Arch.Encoder.Layers > 0 || r.Arch.Picture.Tokens > 0 {
		return
	}
	var c model.Counts
	r.Arch.Count(&c)
	all := pricedModels()
	best, far := -1, math.Log(2)
	for i := range all {
		d := math.Abs(math.Log(all[i].active / c.Active[model.WithEmbeddings]))
		if r.Preset == all[i].preset {
			d = -1
		}
		if d < far {
			best, far = i, d
		}
	}
	if best < 0 {
		return
	}
	p, v := all[best].price, &r.Serving
	v.ListIn, v.ListOut, v.ListCached, v.ListName, v.ListSame = p.Input.V, p.Output.V, p.Input.V, p.Model+" at "+p.Seller, far < 0
	if p.Cached.Known {
		v.ListCached = p.Cached.V
	}
	v.ListSource, v.ListDate = p.Output.Source, p.Output.Date
}
