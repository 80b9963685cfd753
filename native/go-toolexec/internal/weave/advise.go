// SPDX-License-Identifier: Apache-2.0

package weave

import (
	"bytes"
	"errors"
	"fmt"
	"go/ast"
	"strings"

	"otelkit/go-toolexec/internal/aspect"
)

// advise gives one advice at a place. Nothing happens where it does not suit the node, as when a
// directive stands above something else than the advice is for.
func (w *weaver) advise(a *aspect.Aspect, advice *aspect.Advice, at *place) error {
	file := at.file
	function, _ := at.node.(*ast.FuncDecl)
	call, _ := at.node.(*ast.CallExpr)
	switch advice.Kind {
	case aspect.PrependStatements:
		return w.prepend(a, advice, at, function)
	case aspect.AppendStatements:
		if function != nil {
			return w.put(a, advice, at, advice.Template, formStatements, file.offset(function.Body.Rbrace), "; ")
		}
	case aspect.WrapExpression:
		if at.expression == nil {
			return nil
		}
		pieces, err := w.fill(a, advice, at, advice.Template, formExpression)
		if err == nil {
			file.replace(file.offset(at.expression.Pos()), file.offset(at.expression.End()), pieces...)
		}
		return err
	case aspect.AppendArgs:
		if call != nil {
			return w.appendArgs(a, advice, at, call)
		}
	case aspect.ReplaceArg:
		if call != nil {
			return w.replaceArg(a, advice, at, call)
		}
	case aspect.ReplaceFunction:
		return w.replaceFunction(a, advice, at, function, call)
	case aspect.AddStructField:
		return w.addField(a, advice, at)
	case aspect.AssignValue:
		return w.assign(a, advice, at)
	case aspect.InjectDeclarations:
		return w.declare(a, advice, at)
	case aspect.AddBlankImport:
		if _, there := file.added[advice.Reference]; !there {
			file.added[advice.Reference] = "_"
		}
	}
	return nil
}

// put inserts a filled-in template.
func (w *weaver) put(a *aspect.Aspect, advice *aspect.Advice, at *place, template *aspect.Text,
	form string, offset int, before string) error {
	pieces, err := w.fill(a, advice, at, template, form)
	if err != nil {
		return err
	}
	at.file.insert(offset, append([]piece{text(before)}, pieces...)...)
	return nil
}

func (w *weaver) prepend(a *aspect.Aspect, advice *aspect.Advice, at *place, function *ast.FuncDecl) error {
	if function != nil {
		return w.put(a, advice, at, advice.Template, formStatements, at.file.offset(function.Body.Lbrace)+1, "")
	}
	if at.statement == nil {
		return nil
	}
	pieces, err := w.fill(a, advice, at, advice.Template, formStatements)
	if err == nil {
		at.file.insert(at.file.offset(at.statement.Pos()), append(pieces, text(" "))...)
	}
	return err
}

func (w *weaver) appendArgs(a *aspect.Aspect, advice *aspect.Advice, at *place, call *ast.CallExpr) error {
	file := at.file
	var values []piece
	for i, template := range advice.Values {
		pieces, err := w.fill(a, advice, at, template, formExpression)
		if err != nil {
			return err
		}
		if i > 0 {
			values = append(values, text(","))
		}
		values = append(values, pieces...)
	}
	if len(call.Args) == 0 {
		file.insert(file.offset(call.Lparen)+1, values...)
		return nil
	}
	last := call.Args[len(call.Args)-1]
	if !call.Ellipsis.IsValid() {
		file.insert(file.offset(last.End()), append([]piece{text(",")}, values...)...)
		return nil
	}
	if advice.Type == "" {
		return errors.New("append-args: the call passes a slice with `...`: give the `type` of its elements")
	}
	// f(xs...) becomes f(append(append([]T(nil), xs...), values)...), since xs is not ours to grow.
	element := w.typeReference(file, advice.Type)
	pieces := []piece{text("append(append([]" + element + "(nil), "), {from: file.offset(last.Pos()), to: file.offset(last.End())}, text("...),")}
	pieces = append(append(pieces, values...), text(")"))
	file.replace(file.offset(last.Pos()), file.offset(last.End()), pieces...)
	return nil
}

// typeReference writes import/path.T, with * or [] before it, by the name of its import.
func (w *weaver) typeReference(file *source, reference string) string {
	bare := strings.TrimLeft(reference, "*[]")
	prefix := reference[:len(reference)-len(bare)]
	path, name := aspect.SplitName(bare)
	if path == "" || path == w.options.ImportPath {
		return prefix + name
	}
	return prefix + file.importName(path) + "." + name
}

func (w *weaver) replaceArg(a *aspect.Aspect, advice *aspect.Advice, at *place, call *ast.CallExpr) error {
	if advice.Index >= len(call.Args) {
		return fmt.Errorf("replace-arg: the call has %d arguments, none with index %d", len(call.Args), advice.Index)
	}
	argument := call.Args[advice.Index]
	inner := *at
	inner.expression = argument
	pieces, err := w.fill(a, advice, &inner, advice.Template, formExpression)
	if err == nil {
		at.file.replace(at.file.offset(argument.Pos()), at.file.offset(argument.End()), pieces...)
	}
	return err
}

func (w *weaver) replaceFunction(a *aspect.Aspect, advice *aspect.Advice, at *place,
	function *ast.FuncDecl, call *ast.CallExpr) error {
	file := at.file
	if advice.Reference != "" {
		if call == nil {
			return errors.New("replace-function with a name is for calls; for functions give a template")
		}
		callee := withoutTypeArguments(ast.Unparen(call.Fun))
		reference := w.typeReference(file, advice.Reference)
		file.replace(file.offset(callee.Pos()), file.offset(callee.End()), text(reference))
		return nil
	}
	if function == nil {
		return nil
	}
	pieces, err := w.fill(a, advice, at, advice.Template, formStatements)
	if err == nil {
		file.replace(file.offset(function.Body.Lbrace)+1, file.offset(function.Body.Rbrace), pieces...)
	}
	return err
}

func (w *weaver) addField(a *aspect.Aspect, advice *aspect.Advice, at *place) error {
	spec, ok := at.node.(*ast.TypeSpec)
	if !ok {
		return nil
	}
	definition, ok := spec.Type.(*ast.StructType)
	if !ok {
		return nil
	}
	template := &aspect.Text{Source: advice.Name + " " + advice.Type, Line: advice.Line}
	pieces, err := w.fill(a, advice, at, template, formType)
	if err == nil {
		before := text(at.file.beforeField(definition.Fields))
		closing := at.file.offset(definition.Fields.Closing)
		at.file.insert(closing, append(append([]piece{before}, pieces...), text(" "))...)
	}
	return err
}

// beforeField is what stands between the fields of a struct and one more.
func (s *source) beforeField(fields *ast.FieldList) string {
	closing := s.offset(fields.Closing)
	if s.hasInsertion(closing) {
		return "; "
	}
	if len(fields.List) == 0 {
		return " "
	}
	last := s.offset(fields.List[len(fields.List)-1].End())
	between := bytes.TrimSpace(s.content[last:closing])
	if s.line(last) != s.line(closing) || bytes.HasPrefix(between, []byte{';'}) {
		return " "
	}
	return "; "
}

func (w *weaver) assign(a *aspect.Aspect, advice *aspect.Advice, at *place) error {
	spec, ok := at.node.(*ast.ValueSpec)
	if !ok {
		return nil
	}
	if len(spec.Values) > 1 || len(spec.Names) != 1 {
		return errors.New("assign-value is for declarations of one name")
	}
	inner := *at
	if len(spec.Values) == 1 {
		inner.expression = spec.Values[0]
	}
	pieces, err := w.fill(a, advice, &inner, advice.Template, formExpression)
	if err != nil {
		return err
	}
	if inner.expression != nil {
		at.file.replace(at.file.offset(inner.expression.Pos()), at.file.offset(inner.expression.End()), pieces...)
	} else {
		at.file.insert(at.file.offset(spec.Type.End()), append([]piece{text(" =")}, pieces...)...)
	}
	return nil
}
