// Keeps what is typed into a letter's form every few seconds, and when the page is left. Without it the form works the same:
// every button keeps what was typed first.
const form = document.querySelector("form[data-autosave]")
if (form) {
  const told = document.getElementById("autosave-told")
  let changed = false
  const collect = () => {
    const data = new FormData(form)
    for (const name of [...data.keys()]) {
      if (data.get(name) instanceof File) data.delete(name)
    }
    return data
  }
  const send = async () => {
    if (!changed) return
    changed = false
    try {
      const answer = await fetch(form.dataset.autosave, { method: "POST", body: collect(), credentials: "same-origin" })
      if (!answer.ok) throw new Error(String(answer.status))
      told.textContent = "What you typed was kept at " + new Date().toLocaleTimeString("en-GB", { hour: "2-digit", minute: "2-digit" }) + "."
    } catch {
      changed = true
      told.textContent = "What you typed could not be kept just now. Leave this page open; it is tried again."
    }
  }
  form.addEventListener("input", () => { changed = true })
  form.addEventListener("submit", () => { changed = false })
  setInterval(send, 8000)
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState === "hidden" && changed) navigator.sendBeacon(form.dataset.autosave, collect())
  })
}
