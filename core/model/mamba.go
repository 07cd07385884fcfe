package model

// Mamba turns some layers into recurrent ones (Mamba-2, Dao and Gu 2024; the
// hybrids of Nemotron-H): zero means attention in every layer. Each layer of
// such a model is one thing alone, behind one norm: recurrent, attention or an
// MLP. A recurrent layer carries a state of fixed size through the text where
// attention keeps keys and values of all of it.
type Mamba struct {
	Layers    int `json:"layers"`    // recurrent layers
	Attention int `json:"attention"` // layers with attention; those that are left are MLPs
	Heads     int `json:"heads"`     // heads of a recurrent layer
	HeadDim   int `json:"head_dim"`  // width of one of them
	State     int `json:"state"`     // numbers that each channel of a head carries along
	Groups    int `json:"groups"`    // groups of heads that share what is written into the state and read from it
	Conv      int `json:"conv"`      // tokens that the short convolution sees
}

// AttentionLayers is how many decoder layers have attention.
func (a *Arch) AttentionLayers() float64 {
	if a.Mamba.Layers > 0 {
		return float64(a.Mamba.Attention)
	}
	return float64(a.Layers)
}

// MLPLayers is how many decoder layers have a dense MLP.
func (a *Arch) MLPLayers() float64 {
	return float64(a.Layers - a.MoE.Layers - a.Mamba.Layers - a.Mamba.Attention)
}

// Blocks is the layers counted in pairs of a mixer of tokens and an MLP: each
// layer, or every other where the two are layers of their own.
func (a *Arch) Blocks() float64 {
	if a.Mamba.Layers > 0 {
		return float64(a.Layers) / 2
	}
	return float64(a.Layers)
}

// Inner is the width inside a recurrent layer, heads times their width.
func (m *Mamba) Inner() float64 { return float64(m.Heads) * float64(m.HeadDim) }

// Mixed is the channels that pass the short convolution: the inner ones and, for
// each group, what is written into the state and read from it.
func (m *Mamba) Mixed() float64 { return m.Inner() + 2*float64(m.Groups)*float64(m.State) }

// Into is the width of the first matrix's output: gate, mixed channels, and a
// time step for each head.
func (m *Mamba) Into() float64 { return m.Inner() + m.Mixed() + float64(m.Heads) }

// mambaLayer is one recurrent layer: all parameters, and the weights among
// them that multiply each token.
//
//	matrices  d·(2·i + 2·g·n + h) + i·d, convolution w·(i + 2·g·n)
//	the rest  bias of the convolution i + 2·g·n, time step, decay and skip 3·h, norm i
//
// with i = h·p (state-spaces/mamba, mamba_ssm/modules/mamba2.py).
func (a *Arch) mambaLayer() (all, matrices float64) {
	m, d := &a.Mamba, float64(a.Width)
	matrices = d*m.Into() + m.Inner()*d + float64(m.Conv)*m.Mixed()
	return matrices + m.Mixed() + 3*float64(m.Heads) + m.Inner(), matrices
}

// ScanFLOPs is the work of all recurrent layers between a token and what came
// before it: 7·i·n a layer, as Megatron-LM counts it (megatron/training/training.py,
// mamba_layer_flops). The same for every length of the text.
func (a *Arch) ScanFLOPs() float64 {
	m := &a.Mamba
	return 7 * float64(m.Layers) * m.Inner() * float64(m.State)
}

// Bytes of a number of the state and of the last tokens that the convolution
// sees, as vLLM keeps them: 32 bits, because 16 lose accuracy, and the model's
// own 16 (vllm/model_executor/models/config.py, NemotronHForCausalLMConfig;
// layers/mamba/mamba_utils.py).
const (
	stateBytes = 4
	convBytes  = 2
)

// StateBytes is what all recurrent layers carry of one sequence, whatever its
// length: n numbers for each inner channel, and the inputs of the convolution.
// Each step reads and writes all of it.
func (a *Arch) StateBytes() float64 {
	m := &a.Mamba
	return float64(m.Layers) * (m.Inner()*float64(m.State)*stateBytes + float64(max(m.Conv-1, 0))*m.Mixed()*convBytes)
}
