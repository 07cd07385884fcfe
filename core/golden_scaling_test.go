package core_test

import (
	"errors"

	"flopbook/core/scaling"
	"flopbook/core/uncertainty"
	"flopbook/core/unit"
)

var errGoldenNoAnswer = errors.New("no answer for these inputs")

func goldenAnswer[T ~float64](v T, ok bool) (float64, error) {
	if !ok {
		return 0, errGoldenNoAnswer
	}
	return float64(v), nil
}

// goldenLaw is the law whose constants the row gives.
func goldenLaw(in map[string]any) *scaling.Law {
	return &scaling.Law{Form: scaling.SumOfPowers,
		E: num(in, "E"), A: num(in, "A"), B: num(in, "B"), Alpha: num(in, "alpha"), Beta: num(in, "beta")}
}

// goldenLifetime works out a row of Sardana et al. 2024, Table 2: the quality of
// a compute-optimal model of quality_params and tokens served over its life.
func goldenLifetime(read func(*scaling.Lifetime) float64) goldenFunc {
	return func(in map[string]any) (float64, error) {
		return goldenLifetimeAt(in, scaling.ServingWeight(unit.Tokens(num(in, "inference_tokens"))), read)
	}
}

// goldenLifetimeCost is the same in money, Table 3, with the prices and request
// lengths of the paper's appendix B.3.
func goldenLifetimeCost(read func(*scaling.Lifetime) float64) goldenFunc {
	return func(in map[string]any) (float64, error) {
		n := unit.Tokens(num(in, "requests"))
		w, ok := scaling.SardanaPrices.Weight(scaling.SardanaPrompt*n, scaling.SardanaOutput*n)
		if !ok {
			return 0, errGoldenNoAnswer
		}
		return goldenLifetimeAt(in, w, read)
	}
}

func goldenLifetimeAt(in map[string]any, w unit.Tokens, read func(*scaling.Lifetime) float64) (float64, error) {
	law := &scaling.Sardana2024
	loss, ok := law.LossAtOptimum(unit.Params(num(in, "quality_params")))
	var t scaling.Lifetime
	if !ok || !law.LifetimeOptimum(loss, w, &t) {
		return 0, errGoldenNoAnswer
	}
	return read(&t), nil
}

// jointMoE reads one number of the joint law at the row's number of experts.
func goldenJointMoE(read func(*scaling.Law) float64) goldenFunc {
	return func(in map[string]any) (float64, error) {
		l, ok := scaling.JointMoELaw(num(in, "experts"))
		if !ok {
			return 0, errGoldenNoAnswer
		}
		return read(&l), nil
	}
}

func goldenJointMoEOptimum(read func(*scaling.Optimum) float64) goldenFunc {
	return func(in map[string]any) (float64, error) {
		l, ok := scaling.JointMoELaw(num(in, "experts"))
		if !ok {
			return 0, errGoldenNoAnswer
		}
		return goldenOptimum(&l, num(in, "flops"), read)
	}
}

func goldenOptimum(l *scaling.Law, flops float64, read func(*scaling.Optimum) float64) (float64, error) {
	o, ok := l.Optimum(unit.FLOP(flops))
	if !ok {
		return 0, errGoldenNoAnswer
	}
	return read(&o), nil
}

func goldenOptParams(o *scaling.Optimum) float64 { return float64(o.Params) }
func goldenOptTokens(o *scaling.Optimum) float64 { return float64(o.Tokens) }

// repeatedGrid is the split by the grid search that the README prints.
func goldenRepeatedGrid(read func(*scaling.Optimum) float64) goldenFunc {
	return func(in map[string]any) (float64, error) {
		o, ok := scaling.RepeatedGridOptimum(unit.FLOP(num(in, "flops")), unit.Tokens(num(in, "unique")))
		if !ok {
			return 0, errGoldenNoAnswer
		}
		return read(&o), nil
	}
}

var goldenScaling = map[string]goldenFunc{
	"chinchilla_loss": func(in map[string]any) (float64, error) {
		return goldenAnswer(goldenLaw(in).Loss(unit.Params(num(in, "params")), unit.Tokens(num(in, "tokens"))))
	},
	"chinchilla_opt_N": func(in map[string]any) (float64, error) {
		return goldenOptimum(goldenLaw(in), num(in, "flops"), goldenOptParams)
	},
	"chinchilla_opt_tokens_per_param": func(in map[string]any) (float64, error) {
		return goldenOptimum(goldenLaw(in), num(in, "flops"), (*scaling.Optimum).TokensPerParam)
	},
	"chinchilla_flops_for_N": func(in map[string]any) (float64, error) {
		return goldenAnswer(goldenLaw(in).FLOPsForParams(unit.Params(num(in, "params"))))
	},
	"chinchilla_tokens_for_N": func(in map[string]any) (float64, error) {
		return goldenAnswer(goldenLaw(in).TokensForParams(unit.Params(num(in, "params"))))
	},
	"chinchilla_exponent_a": func(in map[string]any) (float64, error) {
		return goldenLaw(in).ParamsExponent(), nil
	},
	"chinchilla_a4_ratio": func(in map[string]any) (float64, error) {
		return goldenAnswer(scaling.ChinchillaCount(num(in, "d"), num(in, "ff"), num(in, "heads"), num(in, "kv"), num(in, "layers"), num(in, "params")))
	},
	"power_law": func(in map[string]any) (float64, error) {
		return scaling.PowerLaw(num(in, "coef"), num(in, "x"), num(in, "exponent")), nil
	},

	"datablations_loss": func(in map[string]any) (float64, error) {
		return goldenAnswer(scaling.RepeatedLoss(unit.Params(num(in, "params")), unit.Tokens(num(in, "tokens")), unit.Tokens(num(in, "unique"))))
	},
	"datablations_opt_tokens": goldenRepeatedGrid(goldenOptTokens),
	"datablations_opt_params": goldenRepeatedGrid(goldenOptParams),
	"effective_tokens_ratio": func(in map[string]any) (float64, error) {
		return goldenAnswer(scaling.EffectiveTokensRatio(num(in, "epochs")))
	},

	"gadre_loss": func(in map[string]any) (float64, error) {
		l := scaling.GadreLaw(num(in, "E"), num(in, "a"), num(in, "b"), num(in, "exponent"))
		n := num(in, "params")
		return goldenAnswer(l.Loss(unit.Params(n), unit.Tokens(n*num(in, "token_multiplier"))))
	},
	"gadre_error": func(in map[string]any) (float64, error) {
		return goldenAnswer(scaling.ErrorLaw{Eps: num(in, "eps"), K: num(in, "k"), Gamma: num(in, "gamma")}.Error(num(in, "loss")))
	},

	// Table 4 of the paper writes the law per number of experts as
	// m N^mu + n D^nu + c.
	"joint_moe_m":     goldenJointMoE(func(l *scaling.Law) float64 { return l.A }),
	"joint_moe_mu":    goldenJointMoE(func(l *scaling.Law) float64 { return -l.Alpha }),
	"joint_moe_n":     goldenJointMoE(func(l *scaling.Law) float64 { return l.B }),
	"joint_moe_nu":    goldenJointMoE(func(l *scaling.Law) float64 { return -l.Beta }),
	"joint_moe_opt_N": goldenJointMoEOptimum(goldenOptParams),
	"joint_moe_opt_D": goldenJointMoEOptimum(goldenOptTokens),
	"krajewski_loss": func(in map[string]any) (float64, error) {
		l, ok := scaling.KrajewskiLaw(num(in, "granularity"))
		if !ok {
			return 0, errGoldenNoAnswer
		}
		return goldenAnswer(l.Loss(unit.Params(num(in, "params")), unit.Tokens(num(in, "tokens"))))
	},
	"zhao_opt_granularity": func(in map[string]any) (float64, error) {
		return goldenAnswer(scaling.OptimalGranularity(num(in, "e"), num(in, "f")))
	},
	"zhao_opt_shared_ratio": func(in map[string]any) (float64, error) {
		return goldenAnswer(scaling.OptimalSharedRatio(num(in, "m"), num(in, "n")))
	},
	"kumar_weight_retention": func(in map[string]any) (float64, error) {
		return goldenAnswer(scaling.Retention(num(in, "bits"), num(in, "gamma_w")))
	},

	"kaplan_bcrit_tokens": func(in map[string]any) (float64, error) {
		return goldenAnswer(scaling.KaplanCriticalBatch(num(in, "loss")))
	},
	"kaplan_loss_N": func(in map[string]any) (float64, error) {
		return goldenAnswer(scaling.KaplanLossParams(unit.Params(num(in, "params"))))
	},
	"kaplan_opt_N": func(in map[string]any) (float64, error) {
		return goldenOptimum(&scaling.Kaplan2020, num(in, "pf_days")*scaling.PFDay, goldenOptParams)
	},
	"mccandlish_steps_ratio": func(in map[string]any) (float64, error) {
		return goldenAnswer(scaling.StepsRatio(num(in, "batch_over_bcrit")))
	},
	"mccandlish_examples_ratio": func(in map[string]any) (float64, error) {
		return goldenAnswer(scaling.ExamplesRatio(num(in, "batch_over_bcrit")))
	},
	"steplaw_batch_tokens": func(in map[string]any) (float64, error) {
		return goldenAnswer(scaling.StepLawBatch(unit.Tokens(num(in, "tokens"))))
	},

	"lifetime_loss":              goldenLifetime(func(t *scaling.Lifetime) float64 { return t.Loss }),
	"lifetime_tokens_chinchilla": goldenLifetime(func(t *scaling.Lifetime) float64 { return float64(t.ComputeOptimal.Tokens) }),
	"lifetime_opt_params":        goldenLifetime(func(t *scaling.Lifetime) float64 { return float64(t.Params) }),
	"lifetime_opt_tokens":        goldenLifetime(func(t *scaling.Lifetime) float64 { return float64(t.Tokens) }),
	"lifetime_flops_opt": goldenLifetime(func(t *scaling.Lifetime) float64 {
		return t.Cost(scaling.FLOPPerParamToken)
	}),
	"lifetime_flop_saving":     goldenLifetime((*scaling.Lifetime).Saving),
	"lifetime_cost_opt_params": goldenLifetimeCost(func(t *scaling.Lifetime) float64 { return float64(t.Params) }),
	"lifetime_cost_opt_usd": goldenLifetimeCost(func(t *scaling.Lifetime) float64 {
		return t.Cost(scaling.SardanaPrices.TrainUSDPerParamToken())
	}),
	"lifetime_cost_chinchilla_usd": goldenLifetimeCost(func(t *scaling.Lifetime) float64 {
		return t.ComputeOptimalCost(scaling.SardanaPrices.TrainUSDPerParamToken())
	}),
	"lifetime_cost_saving": goldenLifetimeCost((*scaling.Lifetime).Saving),

	"lognormal_sigma_from_90ci": func(in map[string]any) (float64, error) {
		return goldenAnswer(uncertainty.SigmaFrom90(num(in, "low"), num(in, "high")))
	},
	// The published median, 2.2, is rounded from the geometric mean, 2.19.
	"lognormal_median_from_90ci": func(in map[string]any) (float64, error) {
		return goldenAnswer(uncertainty.Median(num(in, "low"), num(in, "high")))
	},
}
