/** A mail server in memory: a name with “wrong” in it is refused, an address with “nobody” is not known. */
import type { Handlers } from "./handlers";
import { linkOf } from "./provider";
import { type World, changed, failure } from "./world";

const LOGIN = failure("mail-login", "The mail server smtp.wrong.example:465 refused the login of ana@contoso.example (535).", "Check user and password in the mail settings.");

function save(world: World, mail: World["mail"]) {
  world.mail = mail;
  changed(world, "workspace");
  return { settings: mail };
}

export const mailHandlers = {
  mail_show: (world) => ({ settings: world.mail }),
  mail_set: (world, { settings, password }) => {
    if (settings.security === "none" && settings.server !== "localhost") throw failure("invalid-request", `Mail would go to ${settings.server} without encryption, and everybody on the way could read the invitations.`, "Choose TLS or STARTTLS.");
    if (settings.user !== null && password === null && settings.server !== world.mail?.server) throw failure("invalid-request", "The password for the mail server is missing.", "Give it with the user; or leave out both, if the server wants no login.");
    return save(world, settings);
  },
  mail_clear: (world) => save(world, null),
  mail_test: (world) =>
    world.mail?.server.includes("wrong")
      ? { ok: false, message: LOGIN.message, code: LOGIN.code, hint: LOGIN.hint }
      : { ok: true, message: `The mail server took a mail for ${world.mail?.from ?? ""}. See whether it arrives.`, code: null, hint: null },
  invitation_send: (world, { invitation_ids: ids }) => {
    if (!world.mail) throw failure("mail-not-set-up", "Datashare does not know yet by which server it can send mail.", "Name the server in the settings.");
    if (world.mail.server.includes("wrong")) throw LOGIN;
    return ids.map((id) => {
      const { email } = linkOf(world, id);
      const problem = email.startsWith("nobody") ? failure("mail-recipient", `The mail server does not take mail for ${email}: it answered "550 5.1.1 no such user here".`, "Check the recipient's address, or send the link in another way.") : null;
      return { invitation_id: id, email, problem };
    });
  },
} satisfies Partial<Handlers>;
