package model

// Picture turns the model into a diffusion transformer (DiT, Peebles and Xie
// 2022): it denoises all patches of a picture together, each seeing all others,
// pass after pass. Its norms are adaptive: each layer is scaled and shifted by
// six vectors made from time step and condition, once per picture and pass.
// Vocab is then the number of conditions (classes, and the empty one).
type Picture struct {
	Tokens int `json:"tokens"` // patches of one picture
	Cell   int `json:"cell"`   // numbers in a patch: side² times channels of the latent
}

// pictureTime is the width of the sine features that a time step is fed in as.
const pictureTime = 256

// countPicture replaces what stands around the layers of a text model by what
// stands around those of a DiT: patches in, noise and its variance out, time
// and condition, adaptive norms (facebookresearch/DiT, models.py).
func (a *Arch) countPicture(out *Counts) {
	d, cell := float64(a.Width), float64(a.Picture.Cell)
	out.Embedding = float64(a.Vocab)*d + cell*d + d + pictureTime*d + d + d*d + d
	out.Output = 2*cell*d + 2*cell
	out.LayerNorms = 6*d*d + 6*d
	out.Norms = float64(a.Layers)*out.LayerNorms + 2*d*d + 2*d
	out.HeadMatmul = 3 * cell * d // per patch, in and out
}

// ModulationFLOPs is the work of the adaptive norms for one picture and pass, 0
// for other shapes.
func (a *Arch) ModulationFLOPs() float64 {
	if a.Picture.Tokens == 0 {
		return 0
	}
	d := float64(a.Width)
	return 2 * (6*float64(a.Layers) + 2) * d * d
}
