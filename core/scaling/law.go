// Package scaling holds published scaling laws: how the loss of a language
// model falls with its parameters and its training tokens, how to split a
// budget of compute between the two, and what changes when the model is also
// to be served, when data is repeated, when only a part of it is active or
// when its numbers are rounded.
//
// Conventions: N counts parameters as the law's authors did (said in each
// law's Note), D training tokens, C training FLOP with C = 6 N D. Loss is in
// nats per token of the authors' own tokenizer and corpus, so losses of two
// laws differ by more than their errors. Every law is one formula over the
// whole positive range, never pieces switched at a threshold: more data or
// more parameters never raise the loss, inside or outside the fitted range.
package scaling

import "math"

// FLOPPerParamToken is the training FLOP per parameter and token: two for the
// forward pass and four for the backward pass (Kaplan et al. 2020, section 2.1).
const FLOPPerParamToken = 6

// PFDay is a petaflop/s-day in FLOP, the unit of compute in Kaplan et al. 2020.
const PFDay = 8.64e19

// Form says how a law gives the loss.
type Form uint8

const (
	SplitOnly   Form = iota // no loss: only how to split compute
	SumOfPowers             // L = E + A/N^α + B/D^β (Hoffmann et al. 2022, equation 2)
	KaplanJoint             // L = ((A/N)^(α/β) + B/D)^β (Kaplan et al. 2020, equation 1.5)
)

// Confidence is how sure we are of a law's constants as we hold them.
type Confidence uint8

const (
	Low    Confidence = iota // recalled or second-hand, not checked against the source
	Medium                   // second-hand, and they reproduce published numbers
	High                     // read in the source, and they reproduce published numbers
)

// Span is what a law was fitted on; a zero end is unknown and not checked.
type Span struct {
	ParamsLo, ParamsHi   float64
	TokensLo, TokensHi   float64
	ComputeLo, ComputeHi float64 // FLOP
	RatioHi              float64 // tokens per parameter
}

// A Split is a compute-optimal allocation as a power law. Exactly one of
// Params and Tokens is set: that quantity is coefficient * (C/At)^Exponent and
// the other follows from C = 6 N D.
type Split struct {
	Params, Tokens float64 // coefficient
	At             float64 // FLOP at which the coefficient holds
	Exponent       float64
}

// A Law is one published set of constants. Sets are never mixed.
type Law struct {
	ID         string // stable identifier
	Name       string // plain name
	Source     string // key into package source
	Date       string // of the publication, year-month
	Confidence Confidence
	Note       string // what an expert wants to know

	Form              Form
	E, A, B           float64 // floor of the loss; size and data coefficients
	Alpha, Beta       float64 // size and data exponents
	SEE               float64 // standard errors of E, α, β; 0 unknown
	SEAlpha, SEBeta   float64
	Split             Split // used where Form gives no closed form
	Fitted            Span
	Spread            bool // independent fit on web text: counts in the interval's model-form spread
	NonEmbeddingCount bool // N leaves out the embeddings
}

// Ranges of Hoffmann et al. 2022: 70M to 16B parameters, 5B to 500B tokens,
// 6e18 to 3e21 FLOP. Above about 100 tokens per parameter Chinchilla-style
// fits over-credit further tokens (Sardana et al. 2024, Table 1).
var hoffmannSpan = Span{70e6, 16e9, 5e9, 500e9, 6e18, 3e21, 100}

// The laws. Source keys name entries of package source.
var (
	// Besiroglu2024 corrects Chinchilla's approach 3 and is the default.
	// A 482.01 (se 124.52), B 2085.43 (1293.28), E 1.8172 (0.02566), α 0.3478
	// (0.01540), β 0.3658 (0.02060). Range: extent of the 245 points that the
	// authors extracted, as their notebook prints it.
	Besiroglu2024 = Law{
		ID: "besiroglu2024", Name: "Chinchilla, corrected fit", Source: "besiroglu-2024", Date: "2024-04", Confidence: High,
		Note: "Refit of Hoffmann et al.'s approach 3 on points read off their figure; N counts all parameters. The errors of the five constants are strongly correlated.",
		Form: SumOfPowers, E: 1.8172, A: 482.01, B: 2085.43, Alpha: 0.3478, Beta: 0.3658,
		SEE: 0.02566, SEAlpha: 0.01540, SEBeta: 0.02060,
		Fitted: Span{57.3e6, 16.2e9, 0.245e9, 318e9, 1.4e18, 1.3e22, 100}, Spread: true,
	}

	// Chinchilla1 fixes model sizes and varies length: N grows as C^0.50. Anchored
	// at the 67B row of the paper's Table 3 (5.76e23 FLOP).
	Chinchilla1 = Law{
		ID: "chinchilla1", Name: "Chinchilla, approach 1", Source: "hoffmann-2022", Date: "2022-03", Confidence: High,
		Note: "Exponents 0.50 (0.488 to 0.502) for N; gives a split, no loss.",
		Form: SplitOnly, Split: Split{Params: 67e9, At: 5.76e23, Exponent: 0.50}, Fitted: hoffmannSpan,
	}

	// Chinchilla2 reads the minima of constant-compute curves: N grows as C^0.49.
	// Anchored at the 400M row of the paper's Table A3 (1.84e19 FLOP).
	Chinchilla2 = Law{
		ID: "chinchilla2", Name: "Chinchilla, approach 2", Source: "hoffmann-2022", Date: "2022-03", Confidence: High,
		Note: "Exponent 0.49 for N; gives a split, no loss.",
		Form: SplitOnly, Split: Split{Params: 400e6, At: 1.84e19, Exponent: 0.49}, Fitted: hoffmannSpan,
	}

	// Chinchilla3 holds the constants as the paper's text rounds them. They give
	// its loss examples and none of its tables.
	Chinchilla3 = Law{
		ID: "chinchilla3", Name: "Chinchilla, approach 3, rounded", Source: "hoffmann-2022", Date: "2022-03", Confidence: High,
		Note: "As printed in the paper; rounding moves the optimum at Chinchilla's compute to 93 tokens per parameter.",
		Form: SumOfPowers, E: 1.69, A: 406.4, B: 410.7, Alpha: 0.34, Beta: 0.28, Fitted: hoffmannSpan, Spread: true,
	}

	// Chinchilla3Unrounded holds the constants in the paper's TeX source, as read
	// by Besiroglu et al.
	Chinchilla3Unrounded = Law{
		ID: "chinchilla3_unrounded", Name: "Chinchilla, approach 3, unrounded", Source: "hoffmann-2022", Date: "2022-03", Confidence: High,
		Note: "Constants of the paper's TeX source; split exponent 0.4565.",
		Form: SumOfPowers, E: math.Exp(0.5267228), A: math.Exp(6.0073404), B: math.Exp(6.0179186), Alpha: 0.33917084, Beta: 0.2849083,
		Fitted: hoffmannSpan, Spread: true,
	}

	// Sardana2024 is approach 3 with the exponents that de Vries found to give
	// the paper's Table A3; Sardana et al. use it for lifetime optima.
	Sardana2024 = Law{
		ID: "sardana2024", Name: "Chinchilla, approach 3, exponents of Table A3", Source: "sardana-2024", Date: "2023-12", Confidence: High,
		Note: "Exponents 0.336 and 0.283 (de Vries 2023; Sardana et al. 2024, appendix A).",
		Form: SumOfPowers, E: 1.69, A: 406.4, B: 410.7, Alpha: 0.336, Beta: 0.283, Fitted: hoffmannSpan,
	}

	// Kaplan2020: joint fit of Table 2 (α_N 0.076, α_D 0.103, N_c 6.4e13, D_c
	// 1.8e13), which differs from the one-variable fits of KaplanLossParams and
	// KaplanLossTokens; split of Table 6.
	Kaplan2020 = Law{
		ID: "kaplan2020", Name: "Kaplan", Source: "kaplan-2020", Date: "2020-01", Confidence: Medium,
		Note: "Superseded: learning rates were not tuned to each length, so it asks for too large models. N leaves out embeddings.",
		Form: KaplanJoint, A: 6.4e13, B: 1.8e13, Alpha: 0.076, Beta: 0.103,
		Split: Split{Params: 1.3e9, At: PFDay, Exponent: 0.73},
		// 768 to 1.5B parameters, 22M to 23B tokens (section 1.1 and 3).
		Fitted: Span{768, 1.5e9, 22e6, 23e9, 0, 0, 0}, NonEmbeddingCount: true,
	}

	// Llama3: optimal tokens 0.299 C^0.537, from a figure caption; the text's
	// rounded 0.29 and 0.53 give 10.5T in place of 16.55T tokens at 3.8e25 FLOP.
	Llama3 = Law{
		ID: "llama3", Name: "Llama 3", Source: "llama3-2024", Date: "2024-07", Confidence: High,
		Note: "Gives a split, no loss. Fitted on 6e18 to 1e22 FLOP and used at 3.8e25.",
		Form: SplitOnly, Split: Split{Tokens: 0.299, At: 1, Exponent: 0.537},
		Fitted: Span{40e6, 16e9, 0, 0, 6e18, 1e22, 0},
	}

	// DeepSeekLLM: optimal tokens 5.8316 C^0.4757 with C = M D and M the
	// non-embedding FLOP per token (M = 0.1715 C^0.5243).
	DeepSeekLLM = Law{
		ID: "deepseek_llm", Name: "DeepSeek LLM", Source: "deepseek-llm-2024", Date: "2024-01", Confidence: Medium,
		Note: "The authors measure size in FLOP per token, attention included; N here is that divided by 6. Better data moved the exponent towards larger models.",
		Form: SplitOnly, Split: Split{Tokens: 5.8316, At: 1, Exponent: 0.4757},
		Fitted: Span{0, 0, 0, 0, 1e17, 3e20, 0}, NonEmbeddingCount: true,
	}

	// Muennighoff2023 is the C4 fit under the data-constrained law, for one
	// pass over the data; RepeatedLoss adds repetition.
	Muennighoff2023 = Law{
		ID: "muennighoff2023", Name: "Data-constrained (C4)", Source: "muennighoff-2023", Date: "2023-05", Confidence: High,
		Note: "C4 and the GPT-2 tokenizer; 7M to 9B parameters, up to 900B tokens. The authors trust its trends more than its level.",
		Form: SumOfPowers, E: math.Exp(0.6254804), A: math.Exp(6.255414), B: math.Exp(7.3049974), Alpha: 0.3526596, Beta: 0.3526596,
		Fitted: Span{7e6, 9e9, 0, 900e9, 0, 0, 0}, Spread: true,
	}

	// Gadre2024 is GadreLaw with the RedPajama fit (C4 evaluation).
	Gadre2024 = gadre2024()
)

// Default is the law that answers when none is asked for.
var Default = &Besiroglu2024

// Laws lists the laws that Find knows, the default first.
var Laws = []*Law{
	&Besiroglu2024, &Chinchilla1, &Chinchilla2, &Chinchilla3, &Chinchilla3Unrounded, &Sardana2024,
	&Kaplan2020, &Llama3, &DeepSeekLLM, &Muennighoff2023, &Gadre2024,
}

// Find returns the law with the given ID.
func Find(id string) (*Law, bool) {
	for _, l := range Laws {
		if l.ID == id {
			return l, true
		}
	}
	return nil, false
}

// GivesLoss reports that the law gives a loss and not only a split.
func (l *Law) GivesLoss() bool { return l.Form != SplitOnly }

// usable is a number that a law can take: positive and finite.
func usable(x float64) bool { return x > 0 && x <= math.MaxFloat64 }

func finite(x float64) bool { return x-x == 0 }

// answer passes on a positive, finite result; anything else is no answer.
func answer[T ~float64](v T) (T, bool) {
	if !usable(float64(v)) {
		return 0, false
	}
	return v, true
}
