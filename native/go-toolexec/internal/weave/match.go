// SPDX-License-Identifier: Apache-2.0

package weave

import (
	"go/ast"
	"go/token"
	"slices"
	"strings"

	"otelkit/go-toolexec/internal/aspect"
)

// place is a node that a join point may select.
type place struct {
	file       *source
	node       ast.Node   // FuncDecl, CallExpr, CompositeLit, TypeSpec, ValueSpec, Stmt
	expression ast.Expr   // what wrap-expression wraps
	pointer    bool       // &T{…}
	functions  []ast.Node // FuncDecl and FuncLits around it, outermost first
	statement  ast.Stmt   // the nearest that stands in a list of statements
	directive  string     // the arguments of the directive that matched
}

// matcher decides join points of one package.
type matcher struct {
	importPath  string
	packageName string
	testMain    bool
	types       *typeQuestions
}

func (m *matcher) matches(j *aspect.JoinPoint, at *place) bool {
	switch j.Kind {
	case aspect.AllOf:
		return !slices.ContainsFunc(j.Of, func(child *aspect.JoinPoint) bool { return !m.matches(child, at) })
	case aspect.OneOf:
		return slices.ContainsFunc(j.Of, func(child *aspect.JoinPoint) bool { return m.matches(child, at) })
	case aspect.Not:
		return !m.matches(j.Of[0], at)
	case aspect.ImportPath:
		return slices.ContainsFunc(j.Patterns, func(pattern string) bool {
			return aspect.PathMatches(pattern, m.importPath)
		})
	case aspect.PackageName:
		return aspect.NameMatches(j.Patterns, m.packageName)
	case aspect.FunctionBody:
		return m.matches(j.Of[0], at)
	case aspect.Inside:
		if len(at.functions) == 0 {
			return false
		}
		around := &place{file: at.file, node: at.functions[0], functions: at.functions[:1]}
		return m.matches(j.Of[0], around)
	case aspect.TestMain:
		function, ok := at.node.(*ast.FuncDecl)
		return ok && m.testMain && function.Name.Name == "main" && function.Recv == nil
	}
	return m.nodeMatches(j, at)
}

func (m *matcher) nodeMatches(j *aspect.JoinPoint, at *place) bool {
	switch node := at.node.(type) {
	case *ast.FuncDecl:
		if j.Kind == aspect.Function {
			return m.functionMatches(j.Function, at.file, node)
		}
	case *ast.CallExpr:
		if j.Kind == aspect.FunctionCall {
			return m.callMatches(j.Patterns, at.file, node)
		}
		if j.Kind == aspect.MethodCall {
			return m.methodMatches(j.Method, at.file, node)
		}
	case *ast.CompositeLit:
		if j.Kind == aspect.StructLiteral {
			return (j.Pointer == nil || *j.Pointer == at.pointer) && node.Type != nil &&
				m.anyReference(j.Patterns, at.file, node.Type)
		}
	case *ast.TypeSpec:
		if j.Kind == aspect.StructDefinition {
			return slices.ContainsFunc(j.Patterns, func(reference string) bool {
				path, name := aspect.SplitName(reference)
				return name == node.Name.Name && (path == "" || path == m.importPath)
			})
		}
	case *ast.ValueSpec:
		if j.Kind == aspect.ValueDeclaration {
			return m.valueMatches(j.Value, at.file, node)
		}
	}
	return j.Kind == aspect.Directive && m.directiveMatches(j.Patterns, at)
}

func (m *matcher) functionMatches(pattern *aspect.FunctionPattern, file *source, function *ast.FuncDecl) bool {
	if function.Body == nil || !aspect.NameMatches(pattern.Names, function.Name.Name) {
		return false
	}
	if pattern.Exported != nil && *pattern.Exported != function.Name.IsExported() {
		return false
	}
	if pattern.Receiver != nil && *pattern.Receiver != receiverType(function) {
		return false
	}
	if pattern.HasArgs && !m.fieldsMatch(file, function.Type.Params, pattern.Args) {
		return false
	}
	return !pattern.HasRets || m.fieldsMatch(file, function.Type.Results, pattern.Returns)
}

// receiverType gives T or *T, without type parameters; "" without a receiver.
func receiverType(function *ast.FuncDecl) string {
	if function.Recv == nil || len(function.Recv.List) == 0 {
		return ""
	}
	star := ""
	receiver := ast.Unparen(function.Recv.List[0].Type)
	if pointer, ok := receiver.(*ast.StarExpr); ok {
		star, receiver = "*", ast.Unparen(pointer.X)
	}
	if name, ok := withoutTypeArguments(receiver).(*ast.Ident); ok {
		return star + name.Name
	}
	return "?"
}

func withoutTypeArguments(expression ast.Expr) ast.Expr {
	switch expression := expression.(type) {
	case *ast.IndexExpr:
		return expression.X
	case *ast.IndexListExpr:
		return expression.X
	}
	return expression
}

func (m *matcher) fieldsMatch(file *source, list *ast.FieldList, wanted []string) bool {
	var types []ast.Expr
	if list != nil {
		_, types = fieldNames(list, "")
	}
	if len(types) != len(wanted) {
		return false
	}
	for i, one := range types {
		if !m.typeMatches(file, one, wanted[i]) {
			return false
		}
	}
	return true
}

// callMatches: import/path.Name by whatever alias, or Name inside the package itself.
func (m *matcher) callMatches(references []string, file *source, call *ast.CallExpr) bool {
	return m.anyReference(references, file, withoutTypeArguments(ast.Unparen(call.Fun)))
}

func (m *matcher) anyReference(references []string, file *source, expression ast.Expr) bool {
	path, name := "", ""
	switch expression := withoutTypeArguments(ast.Unparen(expression)).(type) {
	case *ast.SelectorExpr:
		if x, ok := expression.X.(*ast.Ident); ok {
			path, name = file.resolve(x), expression.Sel.Name
		}
	case *ast.Ident:
		if expression.Obj == nil || isPackageLevel(expression.Obj) {
			path, name = m.importPath, expression.Name
			if dotted := file.imports["."]; dotted != "" && expression.Obj == nil && m.types.dotImported(file, expression) {
				path = dotted
			}
		}
	}
	return path != "" && slices.Contains(references, path+"."+name)
}

func isPackageLevel(object *ast.Object) bool {
	switch declaration := object.Decl.(type) {
	case *ast.FuncDecl:
		return true
	case *ast.TypeSpec:
		return declaration.Name != nil // types within functions are as good as never called so
	}
	return false
}

func (m *matcher) methodMatches(pattern *aspect.MethodPattern, file *source, call *ast.CallExpr) bool {
	selector, ok := withoutTypeArguments(ast.Unparen(call.Fun)).(*ast.SelectorExpr)
	if !ok || !aspect.NameMatches(pattern.Names, selector.Sel.Name) {
		return false
	}
	if x, ok := selector.X.(*ast.Ident); ok && file.resolve(x) != "" {
		return false // a function of a package
	}
	return m.types.methodOf(file, selector, strings.TrimPrefix(pattern.Receiver, "*"))
}

func (m *matcher) valueMatches(pattern *aspect.ValuePattern, file *source, spec *ast.ValueSpec) bool {
	named := slices.ContainsFunc(spec.Names, func(name *ast.Ident) bool {
		return aspect.NameMatches(pattern.Names, name.Name)
	})
	return named && (pattern.Type == "" || (spec.Type != nil && m.typeMatches(file, spec.Type, pattern.Type)))
}

// typeMatches compares a type as written with one of an aspect: import/path.T, *T, []T, error.
func (m *matcher) typeMatches(file *source, expression ast.Expr, wanted string) bool {
	wanted = strings.ReplaceAll(strings.ReplaceAll(wanted, " ", ""), "interface{}", "any")
	return m.typeText(file, expression, true) == wanted || m.typeText(file, expression, false) == wanted
}

// typeText writes a type with import paths in place of package names.
func (m *matcher) typeText(file *source, expression ast.Expr, qualified bool) string {
	of := func(inner ast.Expr) string { return m.typeText(file, inner, qualified) }
	switch e := expression.(type) {
	case *ast.Ident:
		if qualified && (ast.IsExported(e.Name) || e.Obj != nil) {
			return m.importPath + "." + e.Name
		}
		return e.Name
	case *ast.SelectorExpr:
		if x, ok := e.X.(*ast.Ident); ok {
			return file.resolve(x) + "." + e.Sel.Name
		}
	case *ast.StarExpr:
		return "*" + of(e.X)
	case *ast.ParenExpr:
		return of(e.X)
	case *ast.Ellipsis:
		return "..." + of(e.Elt)
	case *ast.ArrayType:
		if e.Len == nil {
			return "[]" + of(e.Elt)
		}
	case *ast.MapType:
		return "map[" + of(e.Key) + "]" + of(e.Value)
	case *ast.ChanType:
		if e.Dir == ast.SEND|ast.RECV {
			return "chan" + of(e.Value)
		}
	case *ast.InterfaceType:
		if e.Methods.NumFields() == 0 {
			return "any"
		}
	case *ast.FuncType:
		return m.signatureText(file, e, qualified)
	case *ast.IndexExpr:
		return of(e.X) + "[" + of(e.Index) + "]"
	}
	start, end := file.offset(expression.Pos()), file.offset(expression.End())
	return strings.Join(strings.Fields(string(file.content[start:end])), "")
}

func (m *matcher) signatureText(file *source, signature *ast.FuncType, qualified bool) string {
	list := func(fields *ast.FieldList) string {
		if fields == nil {
			return ""
		}
		_, types := fieldNames(fields, "")
		texts := make([]string, len(types))
		for i, one := range types {
			texts[i] = m.typeText(file, one, qualified)
		}
		return strings.Join(texts, ",")
	}
	results := list(signature.Results)
	if strings.Contains(results, ",") {
		results = "(" + results + ")"
	}
	return token.FUNC.String() + "(" + list(signature.Params) + ")" + results
}
