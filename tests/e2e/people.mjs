/** What every journey does with a person's window. */

/** Fills in the first page; the home page follows. */
export async function introduce({ window }, { name, organisation, email }) {
  await window.type("first-name", name);
  await window.type("first-organisation", organisation);
  await window.type("first-email", email);
  await window.click("first-submit");
  await window.waitFor("home-share");
}
