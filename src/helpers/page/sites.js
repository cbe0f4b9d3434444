// Filters and sorts the lists of sites; without it they are whole, in the order of the page.
for (const table of document.querySelectorAll("table.sites")) {
  const rows = () => [...table.tBodies[0].rows];
  const folded = (text) => text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();
  const label = document.createElement("label");
  const field = Object.assign(document.createElement("input"), { type: "search" });
  label.className = "filtre";
  label.append("Filtrer : ", field);
  table.closest(".table-boite").before(label);
  field.addEventListener("input", () => {
    for (const row of rows()) row.hidden = !folded(row.textContent).includes(folded(field.value));
  });
  [...table.tHead.rows[0].cells].forEach((head, place) => {
    const button = Object.assign(document.createElement("button"), { type: "button", textContent: head.textContent });
    const value = (row) => row.cells[place].dataset.tri ?? row.cells[place].textContent;
    head.replaceChildren(button);
    button.addEventListener("click", () => {
      // A number first falls, a name first rises.
      const isNumber = "tri" in rows()[0].cells[place].dataset;
      const falls = head.ariaSort ? head.ariaSort === "ascending" : isNumber;
      for (const other of table.tHead.rows[0].cells) other.removeAttribute("aria-sort");
      head.setAttribute("aria-sort", falls ? "descending" : "ascending");
      const order = (a, b) => value(a).localeCompare(value(b), "fr", { numeric: true });
      table.tBodies[0].append(...rows().sort((a, b) => (falls ? order(b, a) : order(a, b))));
    });
  });
}
