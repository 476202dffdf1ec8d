/// A table of facts: each row has a head. On a narrow screen its rows become lists.
struct DataTable {
    struct Row {
        /// By which a link leads to it.
        var id: String?
        var head: Markup
        var cells: [Markup]

        init(_ head: Markup, _ cells: Markup..., id: String? = nil) {
            self.id = id
            self.head = head
            self.cells = cells
        }
    }

    /// What it is a table of, for who does not see the heading above it.
    var caption: String
    /// The heads of the columns, the rows' own first; none where the cells speak for themselves.
    var columns: [String] = []
    var rows: [Row]

    var markup: Markup {
        let heads = Markup(joining: columns.map { "<th scope=\"col\">\($0)</th>" })
        let head: Markup = columns.isEmpty ? "" : "<thead><tr>\(heads)</tr></thead>"
        let lines = Markup(
            joining: rows.map { row in
                let id: Markup = row.id.map { " id=\"\($0)\"" } ?? ""
                let cells = Markup(joining: row.cells.map { "<td>\($0)</td>" })
                return "<tr\(id)><th scope=\"row\">\(row.head)</th>\(cells)</tr>"
            })
        return """
            <table class="stacked"><caption class="unseen">\(caption)</caption>\(head)<tbody>
            \(lines)
            </tbody></table>
            """
    }
}
