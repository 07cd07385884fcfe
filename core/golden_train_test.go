package core_test

import (
	"fmt"

	"flopbook/core/bill"
	"flopbook/core/model"
	"flopbook/core/train"
	"flopbook/core/unit"
)

func goldenSeconds(in map[string]any, hours string) unit.Seconds {
	return unit.Seconds(3600 * num(in, hours))
}

func mwh(e unit.Joules) float64 { return float64(e) / unit.Energy.JSONScale() }

func goldenEnergy(in map[string]any, key string) unit.Joules {
	return unit.Joules(num(in, key) * unit.Energy.JSONScale())
}

var goldenTrain = map[string]goldenFunc{
	"train_days": func(in map[string]any) (float64, error) {
		return float64(train.Days(unit.FLOP(num(in, "flops")), num(in, "gpus"), unit.FLOPPerSec(num(in, "peak_flops")), num(in, "mfu"), numOr(in, "ettr", 1))), nil
	},
	"train_days_8tp": func(in map[string]any) (float64, error) {
		work := model.RuleFLOPs(model.RecomputePerParam, unit.Params(num(in, "params")), unit.Tokens(num(in, "tokens")))
		return float64(train.DaysSustained(work, num(in, "gpus"), unit.FLOPPerSec(num(in, "flops_per_gpu")))), nil
	},
	"train_days_sustained": func(in map[string]any) (float64, error) {
		work := model.SixND(unit.Params(num(in, "params")), unit.Tokens(num(in, "tokens")))
		return float64(train.DaysSustained(work, num(in, "chips"), unit.FLOPPerSec(1e12*num(in, "achieved_tflops")))), nil
	},
	"mfu_from_gpu_hours": func(in map[string]any) (float64, error) {
		return train.MFUOfBill(unit.FLOP(num(in, "flops")), unit.GPUHours(num(in, "gpu_hours")), unit.FLOPPerSec(num(in, "peak_flops"))), nil
	},
	"flops_from_hardware": func(in map[string]any) (float64, error) {
		return float64(train.HardwareFLOPs(num(in, "gpus"), goldenSeconds(in, "hours"), unit.FLOPPerSec(num(in, "peak_flops")), num(in, "mfu"))), nil
	},
	"gpu_hours": func(in map[string]any) (float64, error) {
		return float64(train.GPUHours(num(in, "gpus"), goldenSeconds(in, "hours"))), nil
	},
	"compute_pf_days_to_flop": func(in map[string]any) (float64, error) { return float64(train.PFDays(num(in, "pf_days"))), nil },
	"product":                 func(in map[string]any) (float64, error) { return train.Total(num(in, "a"), num(in, "b")), nil },
	"ratio":                   func(in map[string]any) (float64, error) { return bill.Share(num(in, "num"), num(in, "den")), nil },
	"bytes_per_param": func(in map[string]any) (float64, error) {
		return bill.Share(num(in, "total_bytes"), num(in, "params")), nil
	},

	"pp_bubble_total_fraction": func(in map[string]any) (float64, error) { return train.BubbleShare(num(in, "p"), num(in, "m")), nil },
	"pp_bubble_over_ideal": func(in map[string]any) (float64, error) {
		return train.BubbleOverIdeal(num(in, "p"), num(in, "m"), numOr(in, "v", 1)), nil
	},
	"pp_bubble_time": func(in map[string]any) (float64, error) {
		s, ok := map[string]train.Pipeline{"1f1b": train.Pipe1F1B, "zb1p": train.PipeZB1P, "dualpipe": train.PipeDualPipe, "dualpipev": train.PipeDualPipe}[text(in, "method")]
		if !ok {
			return 0, fmt.Errorf("no schedule is called %q", text(in, "method"))
		}
		return train.BubbleTime(s, num(in, "p"), num(in, "F_"), num(in, "B"), numOr(in, "W", 0), numOr(in, "FB", 0)), nil
	},
	"ring_allreduce_time_s": func(in map[string]any) (float64, error) {
		return float64(train.RingAllReduce(unit.Bytes(num(in, "bytes")), num(in, "n"), unit.BytesPerSec(num(in, "bw")), unit.Seconds(numOr(in, "latency", 0)))), nil
	},
	"dp_compute_bound_tokens_per_chip": func(in map[string]any) (float64, error) {
		return float64(train.DataParallelTokens(unit.FLOPPerSec(num(in, "peak_flops")), unit.BytesPerSec(num(in, "bw")))), nil
	},
	"zero_infinity_efficiency": func(in map[string]any) (float64, error) {
		return train.OffloadEfficiency(num(in, "ait"), unit.BytesPerSec(num(in, "bw")), unit.FLOPPerSec(num(in, "peak"))), nil
	},
	"amdahl_speedup": func(in map[string]any) (float64, error) {
		return train.Amdahl(num(in, "serial_fraction"), num(in, "n")), nil
	},

	// Eight GPUs in a node (Kokolis et al. 2024).
	"mttf_hours_from_nodes": func(in map[string]any) (float64, error) {
		return float64(train.MTTF(num(in, "gpus")/8, num(in, "failures_per_node_day"))) / 3600, nil
	},
	"mtbf_hours": func(in map[string]any) (float64, error) {
		return float64(train.MTBF(goldenSeconds(in, "hours"), num(in, "failures"))) / 3600, nil
	},
	"failures_per_node_day": func(in map[string]any) (float64, error) {
		return train.FailureRate(num(in, "failures"), num(in, "nodes"), unit.Days(num(in, "days"))), nil
	},
	"meta_expected_ettr": func(in map[string]any) (float64, error) {
		return train.ETTR(num(in, "nodes"), num(in, "failures_per_node_day"), unit.Seconds(num(in, "restart_s")), unit.Seconds(num(in, "interval_s")), unit.Seconds(num(in, "write_s"))), nil
	},
	"young_interval_s": func(in map[string]any) (float64, error) {
		return float64(train.YoungInterval(unit.Seconds(num(in, "write_s")), unit.Seconds(num(in, "mtbf_s")))), nil
	},
	"checkpoint_overhead_fraction": func(in map[string]any) (float64, error) {
		return train.CheckpointShare(unit.Seconds(num(in, "write_s")), unit.Seconds(num(in, "interval_s"))), nil
	},
	"checkpoint_bandwidth_gbs": func(in map[string]any) (float64, error) {
		return float64(train.CheckpointBandwidth(unit.Bytes(1e9*num(in, "size_gb")), unit.Seconds(num(in, "write_s")))) / 1e9, nil
	},

	"gpu_hours_cost": func(in map[string]any) (float64, error) {
		return float64(bill.Rent(unit.GPUHours(num(in, "gpu_hours")), unit.USD(num(in, "usd_per_hour")))), nil
	},
	"depreciate_price": func(in map[string]any) (float64, error) {
		return float64(bill.DepreciatedPrice(unit.USD(num(in, "price")), num(in, "years"))), nil
	},
	"epoch_energy_cost": func(in map[string]any) (float64, error) {
		return float64(bill.Electricity(goldenChipEnergy(in), num(in, "usd_per_kwh"))), nil
	},
	"epoch_amortized_cost": func(in map[string]any) (float64, error) {
		return float64(bill.Amortised(unit.GPUHours(num(in, "chip_hours")), unit.USD(num(in, "server_price_per_chip")), goldenChipEnergy(in), num(in, "usd_per_kwh"))), nil
	},
	"vector_store_gb": func(in map[string]any) (float64, error) {
		return float64(bill.VectorStore(num(in, "vectors"), num(in, "dim"))) / 1e9, nil
	},

	"energy_mwh": func(in map[string]any) (float64, error) {
		return mwh(bill.Energy(num(in, "chips"), unit.Watts(num(in, "watts")), goldenSeconds(in, "hours"), numOr(in, "pue", 1))), nil
	},
	"co2_t": func(in map[string]any) (float64, error) {
		return float64(bill.Carbon(goldenEnergy(in, "mwh"), num(in, "kg_per_kwh"))) / 1000, nil
	},
	"carbon_intensity_kg_per_kwh": func(in map[string]any) (float64, error) {
		e := bill.ChipEnergy(unit.GPUHours(num(in, "gpu_hours")), unit.Watts(num(in, "watts")), 1, 1, 1)
		return bill.Intensity(unit.KgCO2e(1000*num(in, "tonnes")), e), nil
	},
	"embodied_t": func(in map[string]any) (float64, error) {
		var parts []bill.Part
		items, _ := in["items"].([]any)
		for _, it := range items {
			x, _ := it.([]any)
			if len(x) != 3 {
				return 0, fmt.Errorf("part %v: amount, factor and count are needed", it)
			}
			var v [3]float64
			for i := range v {
				v[i], _ = x[i].(float64)
			}
			parts = append(parts, bill.Part{Amount: v[0], PerOne: v[1], Count: v[2]})
		}
		return float64(bill.Embodied(parts, unit.Days(num(in, "exec_days")))) / 1000, nil
	},
	"water_onsite_l": func(in map[string]any) (float64, error) {
		return float64(bill.WaterOnSite(goldenEnergy(in, "it_mwh"), num(in, "wue"))), nil
	},
	"water_total_l": func(in map[string]any) (float64, error) {
		return float64(bill.Water(goldenEnergy(in, "it_mwh"), num(in, "wue"), num(in, "pue"), num(in, "ewif"))), nil
	},

	"growth_per_year": func(in map[string]any) (float64, error) { return bill.Growth(num(in, "ratio"), num(in, "years")), nil },
	"doubling_months": func(in map[string]any) (float64, error) {
		return bill.DoublingMonths(num(in, "growth_per_year")), nil
	},
	"growth_per_year_from_doubling": func(in map[string]any) (float64, error) {
		return bill.GrowthFromDoubling(num(in, "months")), nil
	},
	"threshold_exceeded": func(in map[string]any) (float64, error) {
		if bill.Exceeds(unit.FLOP(num(in, "flops")), unit.FLOP(num(in, "threshold"))) {
			return 1, nil
		}
		return 0, nil
	},
}

func goldenChipEnergy(in map[string]any) unit.Joules {
	return bill.ChipEnergy(unit.GPUHours(num(in, "chip_hours")), unit.Watts(1000*num(in, "tdp_kw")), num(in, "chip_to_server"), num(in, "tdp_fraction"), num(in, "pue"))
}
