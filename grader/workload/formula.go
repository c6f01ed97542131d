package workload

import (
	"fmt"
	"math/rand/v2"
)

// modulus is the prime 2^31 - 1, so that a state fits into one digit of a
// Python int, and every product into three.
const modulus = 1<<31 - 1

// Formula is what a turn of the loop of `task` and `process` computes: the product
// of two factors that are made of the state, and a third term that is made of what
// is added. The zero value is the plain x*x + add.
type Formula struct {
	xorFirst, plusFirst   uint64
	shiftSecond           uint64
	xorSecond, plusSecond uint64
	xorAdd                uint64
	mixed                 bool // the third term is joined by the exclusive or, not added
}

const (
	// extras is how many operations beyond the plain formula's each has, so that a
	// turn takes about as long whatever is drawn.
	extras = 2
	// constants lie below this: a factor stays below 3 * 2^30, so that the largest
	// product and what is added to it fit into 64 bits.
	constants = 1 << 30
)

// DrawFormula draws the formula of a check from its seed, so that nobody can have a
// program at hand that knows it.
func DrawFormula(seed uint64) Formula {
	r := rand.New(rand.NewPCG(Seed(seed, formula), formula))
	constant := func() uint64 { return 1<<20 + r.Uint64N(constants-1<<20) }
	var f Formula
	places := []*uint64{&f.xorFirst, &f.plusFirst, &f.xorSecond, &f.plusSecond, &f.xorAdd}
	for _, i := range r.Perm(len(places))[:extras] {
		*places[i] = constant()
	}
	if f.xorSecond+f.plusSecond > 0 && r.IntN(2) == 0 { // a shift in the place of what else was drawn
		f = Formula{shiftSecond: 1 + r.Uint64N(5), xorSecond: f.xorSecond, plusSecond: f.plusSecond}
		if f.xorSecond > 0 {
			f.plusSecond = 0
		}
	}
	f.mixed = r.IntN(2) == 0
	return f
}

// Python gives the formula as an expression of Python, of x and add.
func (f Formula) Python() string {
	factor := func(shift, xor, plus uint64) string {
		text := "x"
		if shift > 0 {
			text = fmt.Sprintf("(%s >> %d)", text, shift)
		}
		if xor > 0 {
			text = fmt.Sprintf("(%s ^ %d)", text, xor)
		}
		if plus > 0 {
			text = fmt.Sprintf("(%s + %d)", text, plus)
		}
		return text
	}
	add, join := "add", "+"
	if f.xorAdd > 0 {
		add = fmt.Sprintf("(add ^ %d)", f.xorAdd)
	}
	if f.mixed {
		join = "^"
	}
	return fmt.Sprintf("(%s * %s %s %s)", factor(0, f.xorFirst, f.plusFirst), factor(f.shiftSecond, f.xorSecond, f.plusSecond), join, add)
}

// chain is the task's loop: a quadratic map has no known short cut, so its
// turns have to be taken one after the other. Judging takes them all, so the
// remainder is had without a division, as for any Mersenne prime: 2^31 is 1.
func (f Formula) chain(x, add uint64, turns int64) int64 {
	x, add = x%modulus, add^f.xorAdd
	for range turns {
		y := ((x ^ f.xorFirst) + f.plusFirst) * ((x>>f.shiftSecond ^ f.xorSecond) + f.plusSecond)
		if f.mixed {
			y ^= add
		} else {
			y += add
		}
		y = y&modulus + y>>31
		x = y&modulus + y>>31
		if x >= modulus {
			x -= modulus
		}
	}
	return int64(x)
}

// Task is what the callable `task` gives for a size.
func (f Formula) Task(size int64) int64 { return f.chain(uint64(size), uint64(size), size) }

// Process is what the callable `process` gives for fetched data.
func (f Formula) Process(data int64) int64 {
	token := uint64(data & (1<<32 - 1))
	return f.chain(token, token+1, data>>32)
}
