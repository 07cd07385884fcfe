package core_test

import (
	"encoding/json"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
	"testing"

	"flopbook/core/catalog"
	"flopbook/core/model"
	"flopbook/core/scaling"
	"flopbook/core/serve"
	"flopbook/core/unit"
)

// servedKVArch is a shape that says nothing but how keys and values are cached.
func servedKVArch(in map[string]any) model.Arch {
	n := func(key string) int { return int(num(in, key)) }
	a := model.Arch{Layers: n("layers"), KVHeads: n("kv_heads"), HeadDim: n("d_head")}
	if r := n("kv_lora_rank") + n("kv_lora"); r > 0 {
		a.MLA = model.MLA{KVRank: r, RopeDim: n("qk_rope_dim") + n("rope")}
	}
	return a
}

func servedMap(in map[string]any, key string) map[string]any {
	m, ok := in[key].(map[string]any)
	if !ok {
		panic(key + " is missing")
	}
	return m
}

// servedLaw is the law that the row's coefficients name: "A=406.4 ..." or Sardana's where it gives none.
func servedLaw(in map[string]any) *scaling.Law {
	if strings.Contains(text(in, "coefs"), "A=482.01") {
		return &scaling.Besiroglu2024
	}
	return &scaling.Sardana2024
}

// servedLifetime is the optimum for the quality of a compute-optimal model of N0 parameters.
func servedLifetime(in map[string]any) (*scaling.Lifetime, error) {
	law := servedLaw(in)
	loss, ok := law.LossAtOptimum(unit.Params(num(in, "N0")))
	var t scaling.Lifetime
	if !ok || !law.LifetimeOptimum(loss, scaling.ServingWeight(unit.Tokens(num(in, "D_inf"))), &t) {
		return nil, errGoldenNoAnswer
	}
	return &t, nil
}

// servedSmaller compares the compute-optimal model of N0 parameters with one
// of N of the same loss, over training and serving: FLOP and share saved.
func servedSmaller(in map[string]any) (flop, share float64, err error) {
	law := servedLaw(in)
	n0, n := unit.Params(num(in, "N0")), num(in, "N")
	d0, ok := law.TokensForParams(n0)
	more, ok2 := law.OvertrainedTokens(n / float64(n0))
	if !ok || !ok2 {
		return 0, 0, errGoldenNoAnswer
	}
	w := float64(scaling.ServingWeight(unit.Tokens(num(in, "D_inf"))))
	before := scaling.FLOPPerParamToken * float64(n0) * (float64(d0) + w)
	after := scaling.FLOPPerParamToken * n * (float64(d0)*more + w)
	return before - after, 1 - after/before, nil
}

func servedValue(v float64) (float64, error) { return v, nil }

// goldenServing answers the rows of inference_golden.csv, by what stands
// before the colon of their case.
var goldenServing = map[string]goldenFunc{
	"kv_per_token": func(in map[string]any) (float64, error) {
		a := servedKVArch(in)
		return float64(a.KVBytesPerToken(unit.Bytes(num(in, "bytes_per_elem")))), nil
	},
	"kv_reduction": func(in map[string]any) (float64, error) {
		v2, dense := servedMap(in, "v2"), servedMap(in, "dense")
		a, b := servedKVArch(v2), servedKVArch(dense)
		return 1 - float64(a.KVBytesPerToken(unit.Bytes(num(v2, "bits")/8))/b.KVBytesPerToken(unit.Bytes(num(dense, "bits")/8))), nil
	},
	"kv_total": func(in map[string]any) (float64, error) {
		m := serve.Model{Layers: 1, Seeing: 1, KV: num(in, "kv_B_per_token")}
		return m.CacheBytes(num(in, "tokens")), nil
	},
	"kv_fit": func(in map[string]any) (float64, error) {
		// Whole sequences.
		return math.Floor(serve.Fits(num(in, "chips")*num(in, "hbm_per_chip_B"), num(in, "weights_B"), num(in, "kv_B_per_token"), num(in, "ctx"))), nil
	},
	"decode_step": func(in map[string]any) (float64, error) {
		if num(in, "params") > 0 {
			return 1e3 * serve.DecodeRoof(num(in, "params")*num(in, "weight_bytes"), num(in, "params"), num(in, "batch"),
				num(in, "kv_B_per_token")*num(in, "ctx"), num(in, "hbm_bw_total"), num(in, "flops_total")), nil
		}
		return 1e3 * serve.DecodeRoof(num(in, "weights_B"), 0, num(in, "batch"), num(in, "kv_B_per_seq"), num(in, "hbm_bw_total"), 0), nil
	},
	"decode_throughput": func(in map[string]any) (float64, error) {
		return num(in, "batch") / serve.DecodeRoof(num(in, "weights_B"), 0, num(in, "batch"), num(in, "kv_B_per_seq"), num(in, "hbm_bw_total"), 0), nil
	},
	"critical_batch": func(in map[string]any) (float64, error) {
		return serve.CriticalBatch(num(in, "flops"), num(in, "bw"), num(in, "weight_bytes")), nil
	},
	"mbu": func(in map[string]any) (float64, error) {
		return serve.MBU(num(in, "weights_B"), num(in, "tpot_s"), num(in, "bw")), nil
	},
	"bandwidth_identity": func(in map[string]any) (float64, error) {
		return num(in, "achieved_GBps") * serve.DecodeRoof(1, 0, 0, 0, num(in, "tok_s"), 0), nil
	},
	"kv_read_slope": func(in map[string]any) (float64, error) {
		return 1e3 * serve.ReadSlope(num(in, "kv_B_per_token"), num(in, "bw"), num(in, "bw_eff")), nil
	},
	"decode_latency": func(in map[string]any) (float64, error) {
		return 1e3 * serve.DecodeRoof(num(in, "params")*num(in, "weight_bytes"), 0, 0, 0, num(in, "chips")*num(in, "bw")*num(in, "overall_efficiency"), 0), nil
	},
	"mfu_identity": func(in map[string]any) (float64, error) {
		return serve.ForwardMFU(num(in, "params"), num(in, "batch")+num(in, "tokens"), num(in, "step_s")+num(in, "seconds"), num(in, "chips"), num(in, "peak")), nil
	},
	"prefill_time": func(in map[string]any) (float64, error) {
		return serve.PrefillTime(num(in, "params"), num(in, "tokens"), num(in, "chips"), num(in, "peak"), num(in, "mfu")), nil
	},
	"prefill_mfu": func(in map[string]any) (float64, error) {
		return serve.ForwardMFU(num(in, "params"), num(in, "tokens"), num(in, "seconds"), 1, num(in, "peak")), nil
	},
	"attention_share": func(in map[string]any) (float64, error) {
		return serve.AttentionShare(num(in, "params"), num(in, "layers"), num(in, "heads"), num(in, "d_head"), num(in, "tokens")), nil
	},
	"continuous_batching_evictions": func(in map[string]any) (float64, error) {
		return serve.RefillTokens(num(in, "batch"), num(in, "tokens_per_eviction"), num(in, "median_decode")), nil
	},
	"disagg_ratio": func(in map[string]any) (float64, error) {
		return serve.PrefillServers(num(in, "prefill_s"), num(in, "decode_step_s"), num(in, "batch"), num(in, "median_decode")), nil
	},
	"erdil": func(in map[string]any) (float64, error) {
		if text(in, "model") != "" {
			return 1e3 * servedErdil(in), nil
		}
		a := servedMistral(in)
		var c model.Counts
		a.Count(&c)
		return c.Total - c.Norms, nil // the notebook leaves norms out
	},
	"cost_identity": func(in map[string]any) (float64, error) {
		return serve.USDPerMTok(num(in, "gpus"), num(in, "gpu_hour_usd"), num(in, "tok_s"), 1), nil
	},
	"cost_per_m": func(in map[string]any) (float64, error) {
		return serve.USDPerMTok(num(in, "gpus"), num(in, "gpu_hour"), num(in, "tok_s_per_node"), 1), nil
	},
	"moe_coverage": func(in map[string]any) (float64, error) {
		return serve.ExpertsTouched(num(in, "experts"), num(in, "top_k"), num(in, "batch_tokens")), nil
	},
	"ep_alltoall": func(in map[string]any) (float64, error) {
		return 1e3 * serve.ExchangeBound(serve.DispatchTime(num(in, "bytes_dispatch"), num(in, "bytes_combine"), num(in, "tokens"),
			num(in, "experts_plus_shared"), num(in, "hidden"), num(in, "bw")), num(in, "layers")), nil
	},
	"mla_arithmetic_intensity": func(in map[string]any) (float64, error) {
		a := model.Arch{Heads: int(num(in, "heads")), MLA: model.MLA{KVRank: int(num(in, "kv_lora")), RopeDim: int(num(in, "rope"))}}
		return a.KVIntensity(unit.Bytes(num(in, "bytes"))), nil
	},
	"spec_speed": func(in map[string]any) (float64, error) {
		return serve.SpeculativeSpeedup(num(in, "alpha"), num(in, "gamma"), num(in, "c"), 1), nil
	},
	"spec_ops": func(in map[string]any) (float64, error) {
		return serve.SpeculativeWork(num(in, "alpha"), num(in, "gamma"), num(in, "c_hat")), nil
	},
	"spec_mtp_step_cost": func(in map[string]any) (float64, error) {
		return serve.StepRatio(num(in, "base_tps"), num(in, "tps"), num(in, "accept")), nil
	},
	"deepseek_daily_cost": func(in map[string]any) (float64, error) {
		return serve.FleetUSD(num(in, "nodes"), num(in, "gpus_per_node"), num(in, "hours"), num(in, "gpu_hour")), nil
	},
	"deepseek_margin": func(in map[string]any) (float64, error) {
		return serve.Margin(num(in, "revenue"), num(in, "cost")), nil
	},
	"deepseek_cache_hit": func(in map[string]any) (float64, error) { return num(in, "hit") / num(in, "total"), nil },
	"deepseek_decode_concurrency": func(in map[string]any) (float64, error) {
		return serve.Concurrency(num(in, "tok_s_per_node"), 1/num(in, "tok_s_per_user")), nil
	},
	"deepseek_utilisation": func(in map[string]any) (float64, error) { return num(in, "avg_nodes") / num(in, "peak_nodes"), nil },
	"deepseek_cost_per_m_output": func(in map[string]any) (float64, error) {
		return serve.USDPerMTok(1, num(in, "daily_cost")/24, num(in, "out_tokens")/86400, 1), nil
	},
	"breakeven_days": func(in map[string]any) (float64, error) {
		return serve.CrossingDays(num(in, "train_gpu_hours")*num(in, "gpu_hour"), num(in, "daily_inference_cost")), nil
	},
	"payback_days": func(in map[string]any) (float64, error) {
		return serve.PaybackDays(num(in, "train_usd"), num(in, "daily_profit")), nil
	},
	"energy_identity": func(in map[string]any) (float64, error) {
		return serve.JoulesPerToken(num(in, "system_W")+num(in, "gpu_W"), num(in, "tok_s")), nil
	},
	"little": func(in map[string]any) (float64, error) {
		return serve.Concurrency(num(in, "tok_s"), num(in, "tpot_s")), nil
	},
	"slo_trade": func(in map[string]any) (float64, error) {
		return serve.SLOKept(num(servedMap(in, "interactive"), "tok_s"), num(servedMap(in, "server"), "tok_s")), nil
	},
	"energy_query": func(in map[string]any) (float64, error) {
		return serve.QueryWh(num(in, "flop"), num(in, "peak"), num(in, "utilisation"), num(in, "W_per_gpu"), num(in, "power_fraction"), num(in, "pue")), nil
	},
	"latency_token": func(in map[string]any) (float64, error) {
		return serve.EcoLogitsLatency(num(in, "active_b"), num(in, "batch")), nil
	},
	"energy_breakdown": func(in map[string]any) (float64, error) { return num(in, "total_Wh") * num(in, "tpu_share"), nil },
	"quant_quality":    func(in map[string]any) (float64, error) { return num(in, "f16") * (1 + num(in, "rel")), nil },
	"sardana":          nil, // several questions, see servedSardana
	"lifetime under Besiroglu refit": func(in map[string]any) (float64, error) {
		t, err := servedLifetime(in)
		if err != nil {
			return 0, err
		}
		return float64(t.Params), nil
	},
	"devries": func(in map[string]any) (float64, error) {
		l := scaling.Law{Form: scaling.SumOfPowers, A: 1, B: 1, Alpha: num(in, "alpha"), Beta: num(in, "beta")}
		return goldenAnswer(l.OvertrainingOverhead(num(in, "k_N")))
	},
	"snell": func(in map[string]any) (float64, error) {
		return serve.TestTimeMultiplier(num(in, "M"), num(in, "R_inference_over_pretrain")), nil
	},
	"erlang_c": func(in map[string]any) (float64, error) {
		return serve.ErlangC(int(num(in, "c")), num(in, "rho")), nil
	},
	"mdone_ttft": func(in map[string]any) (float64, error) { return serve.MD1(num(in, "prefill_s"), num(in, "rate")), nil },
	"kv_reuse_min_bandwidth": func(in map[string]any) (float64, error) {
		return 1e-9 * serve.ReuseBandwidth(num(in, "prefix"), num(in, "d_model"), num(in, "bytes"), num(in, "flops"), num(in, "gqa"), num(in, "a"), num(in, "b")), nil
	},
	"dram_kv_tokens": func(in map[string]any) (float64, error) {
		return serve.HeldTokens(num(in, "dram_B"), num(in, "kv_B_per_token")), nil
	},
	"price_trend": func(in map[string]any) (float64, error) {
		return serve.PriceDecline(num(in, "start_usd"), num(in, "end_usd")), nil
	},
}

// servedMistral is Mistral Large 2 as Erdil's notebook counts it.
func servedMistral(in map[string]any) model.Arch {
	n := func(key string) int { return int(num(in, key)) }
	return model.Arch{Layers: n("layers"), Width: n("d_model"), FF: n("d_ff"), Heads: n("heads"), KVHeads: n("kv_heads"), HeadDim: n("d_head"),
		Vocab: n("vocab"), MLPMatrices: 3, NormMult: 1}
}

// servedErdil is his decode step on the catalogue's accelerator, s.
func servedErdil(in map[string]any) float64 {
	acc, p := catalog.Find(text(in, "gpu"))
	if p != nil {
		panic(p.Error())
	}
	a := servedMistral(map[string]any{"layers": 88., "d_model": 12288., "d_ff": 28672., "heads": 96., "kv_heads": 8., "d_head": 128., "vocab": 32768.})
	var c model.Counts
	a.Count(&c)
	params, batch := c.Total-c.Norms, num(in, "batch")
	cache := batch * float64(a.KVBytes(num(in, "context"), 2))
	return serve.ErdilStep(2*params, params, cache, batch, float64(a.Width), float64(a.Layers), num(in, "gpus"), acc.Bandwidth.V,
		acc.Peak[catalog.BF16].V, acc.Link.V, num(in, "kernel_launch_s"), num(in, "serial_matmuls_per_layer"), num(in, "allreduce_per_layer"))
}

// servedSardana answers Sardana's rows, which ask for different things of one case.
func servedSardana(name string, in map[string]any) (float64, error) {
	switch {
	case strings.Contains(name, "saving from 7B"):
		flop, _, err := servedSmaller(in)
		return flop, err
	case strings.Contains(name, "same, fraction saved"):
		_, share, err := servedSmaller(in)
		return share, err
	}
	t, err := servedLifetime(in)
	switch {
	case err != nil:
		return 0, err
	case strings.Contains(name, "optimal N"):
		return float64(t.Params), nil
	case strings.Contains(name, "fraction saved"):
		return t.Saving(), nil
	}
	return 0, fmt.Errorf("%s asks for something unknown", name)
}

// servedReference is, of a row without a formula, the figures that the
// catalogue ships of it, in the order of the row's, and what keeps the others
// from being computed.
func servedReference(name string) (shipped map[string]float64, why string) {
	anchor := func(of string) (map[string]float64, string) {
		for _, a := range catalog.EnergyAnchors() {
			if strings.HasPrefix(a.Name, of) {
				return map[string]float64{"": a.V / 3600}, "its inputs were not published"
			}
		}
		return nil, ""
	}
	traffic := func(key string, of func(*catalog.Workload) map[string]float64) (map[string]float64, string) {
		if w := catalog.FindWorkload(key); w != nil {
			return of(w), "counted in a trace that is not shipped"
		}
		return nil, ""
	}
	lengths := func(w *catalog.Workload) map[string]float64 {
		return map[string]float64{"mean_in": w.In.V, "mean_out": w.Out.V}
	}
	peak := func(w *catalog.Workload) map[string]float64 { return map[string]float64{"": w.Peak.V} }
	switch topic, _, _ := strings.Cut(name, ":"); {
	case strings.Contains(name, "Google Gemini"):
		return anchor("Gemini, median")
	case strings.Contains(name, "Altman"):
		return anchor("ChatGPT, average")
	case strings.Contains(name, "GPT-4o short"):
		return anchor("GPT-4o, short")
	case strings.Contains(name, "Azure 2023 conversation"):
		return traffic("azure-chat", lengths)
	case strings.Contains(name, "Azure 2023 coding"):
		return traffic("azure-code", lengths)
	case strings.Contains(name, "week, conversation"):
		return traffic("azure-chat", peak)
	case strings.Contains(name, "week, coding"):
		return traffic("azure-code", peak)
	case strings.Contains(name, "LRU of 1000000000"):
		return traffic("mooncake-chat", func(w *catalog.Workload) map[string]float64 { return map[string]float64{"": w.Hit.V} })
	case topic == "trace":
		return nil, "counted in a trace that is not shipped"
	case topic == "energy_query":
		return nil, "the result of a model whose inputs were not published"
	case topic == "spec_mtp_per_position":
		return nil, "a measured list, the input of TestSpeculationByDepth"
	case topic == "quant_throughput":
		return nil, "two measured speeds without the batches that they were measured at"
	case topic == "epoch_tradeoff":
		return nil, "spans of a chart, no formula"
	case topic == "prefix_cache_ratio":
		return nil, "measured in traces that are not shipped"
	case topic == "price_trend":
		return nil, "an observed fall of list prices"
	}
	return nil, ""
}

// holdReference compares what the catalogue ships of a row with what the row says.
func holdReference(t *testing.T, shipped map[string]float64, expected, tolerance string) {
	t.Helper()
	published := map[string]any{}
	if err := json.Unmarshal([]byte(expected), &published); err != nil {
		x, err := strconv.ParseFloat(expected, 64)
		if err != nil {
			t.Fatalf("expected %q: %v", expected, err)
		}
		published = map[string]any{"": x}
	}
	how, size, _ := strings.Cut(tolerance, ":")
	within, err := strconv.ParseFloat(size, 64)
	if err != nil {
		t.Fatalf("tolerance %q", tolerance)
	}
	for key, got := range shipped {
		want := num(published, key)
		limit := within
		if how == "rel" {
			limit *= want
		}
		if math.Abs(got-want) > limit {
			t.Errorf("the catalogue has %s %.6g, published %.6g, tolerance %s", key, got, want, tolerance)
		}
	}
}

// TestGoldenInference reproduces published values of serving, one subtest per
// row of testdata/inference_golden.csv or of the file that
// FLOPBOOK_GOLDEN_INFERENCE names. Rows of kind identity, published_model and
// derived must hold at their tolerance; measured ones are reported;
// reference_only ones have no formula: the catalogue's figures must be theirs,
// and each is listed with what keeps it from being computed. No other row may
// be left out.
func TestGoldenInference(t *testing.T) {
	rows, own := goldenRows(t, "FLOPBOOK_GOLDEN_INFERENCE", "testdata/inference_golden.csv", "id", "case", "kind", "inputs_json", "expected", "tolerance")
	passed, asked := map[string]int{}, map[string]int{}
	var pending, reference []string
	for _, cell := range rows {
		id, name, kind := cell("id"), cell("case"), cell("kind")
		topic, _, _ := strings.Cut(name, ":")
		t.Run(id, func(t *testing.T) {
			if kind == "reference_only" {
				shipped, why := servedReference(name)
				if why == "" && own {
					t.Fatalf("%s: nobody says why it is not computed", name)
				}
				if len(shipped) > 0 {
					holdReference(t, shipped, cell("expected"), cell("tolerance"))
				}
				reference = append(reference, id+" ("+name+"): "+why)
				t.Skip("no formula: " + name + ": " + why)
			}
			asked[kind]++
			fn, known := goldenServing[topic]
			if topic == "sardana" {
				fn = func(in map[string]any) (float64, error) { return servedSardana(name, in) }
			}
			if !known {
				pending = append(pending, id+" "+topic)
				if kind == "identity" || kind == "published_model" {
					t.Fatalf("%s, %s, is not computed", name, kind)
				}
				t.Skipf("%s is not computed yet", topic)
			}
			in := map[string]any{}
			if err := json.Unmarshal([]byte(cell("inputs_json")), &in); err != nil {
				t.Fatal(err)
			}
			want, err := strconv.ParseFloat(cell("expected"), 64)
			if err != nil {
				t.Fatal(err)
			}
			within := 1e-9 * math.Abs(want) // "exact", up to rounding in the last bits
			how, size, _ := strings.Cut(cell("tolerance"), ":")
			switch x, err := strconv.ParseFloat(size, 64); {
			case how == "exact":
			case err != nil:
				t.Fatalf("tolerance %q", cell("tolerance"))
			case how == "rel":
				within = x * math.Abs(want)
			case how == "abs":
				within = x
			default:
				t.Fatalf("tolerance %q", cell("tolerance"))
			}
			defer func() {
				if r := recover(); r != nil {
					t.Fatalf("%s: %v", name, r)
				}
			}()
			got, err := fn(in)
			switch ok := err == nil && math.Abs(got-want) <= within; {
			case ok:
				passed[kind]++
			case kind == "measured":
				t.Logf("%s: %.6g, measured %.6g (%v)", name, got, want, err)
			default:
				t.Errorf("%s: %.10g, published %.10g, tolerance %s (%v)", name, got, want, cell("tolerance"), err)
			}
		})
	}
	for _, kind := range []string{"identity", "published_model", "derived", "measured"} {
		t.Logf("%s: %d of %d reproduced", kind, passed[kind], asked[kind])
	}
	t.Logf("reference only, no formula: %d\n  %s", len(reference), strings.Join(reference, "\n  "))
	slices.Sort(pending)
	t.Logf("pending %d: %s", len(pending), strings.Join(pending, ", "))
}
