//! What people want to hear of, and where: rules, targets, tests, dead letters. Telling it is in [`deliver`].

mod deliver;
mod words;

use datashare_notify::{Address, NotifyError, SigningSecret};
use datashare_secret::Secret;

use crate::database::events::{self, EMAIL, Wishes};
use crate::database::meta;
use crate::dto::{
    DeadLetter, EventKind, Nothing, NotificationResend, NotificationResent, NotificationRule,
    NotificationRulesSet, NotificationStatus, NotificationTarget, NotificationTargetName,
    NotificationTargetSaved, NotificationTargetSet, Tag, TargetKind,
};
use crate::{App, AppError, Code, Result};

const MOST_TARGETS: usize = 50;
const LONGEST_NAME: usize = 90;

/// Where a target's address is in the vault: it may hold a token.
fn address_name(target: &str) -> String {
    format!("notification/{target}/address")
}

/// Where the secret that signs the posts to a target is.
fn signing_name(target: &str) -> String {
    format!("notification/{target}/signing")
}

impl App {
    pub async fn notification_show(&self, _request: Nothing) -> Result<NotificationStatus> {
        let (wishes, (_, dead), mail) = self.database().read(|connection| {
            Ok((events::wishes(connection)?, events::counts(connection)?, meta::get(connection, meta::MAIL)?))
        })?;
        let rule = |kind| NotificationRule { kind, channels: wishes.channels(kind) };
        Ok(NotificationStatus {
            rules: EventKind::ALL.into_iter().map(rule).collect(),
            email_to: wishes.email_to.clone(),
            mail_ready: mail.is_some(),
            targets: wishes.targets,
            dead,
        })
    }

    /// Says what is told where from now on; what happened before is told as it was wished then.
    pub async fn notification_rules_set(&self, request: NotificationRulesSet) -> Result<NotificationStatus> {
        let email_to = request.email_to.map(|text| text.trim().to_owned()).filter(|text| !text.is_empty());
        if let Some(address) = &email_to {
            datashare_mail::Person::of(address.clone()).check()?;
        }
        let mut rules = request.rules;
        for rule in &mut rules {
            rule.channels.sort_by_key(|channel| *channel as u8);
            rule.channels.dedup();
        }
        self.change_wishes(|wishes| {
            wishes.rules.retain(|known| rules.iter().all(|new| new.kind != known.kind));
            wishes.rules.extend(rules);
            wishes.email_to = email_to;
            Ok(())
        })?;
        self.notification_show(Nothing {}).await
    }

    /// Adds a webhook or a workflow, or gives the one of this name another address. Does not reach it.
    pub async fn notification_target_set(
        &self,
        request: NotificationTargetSet,
    ) -> Result<NotificationTargetSaved> {
        let name = name_of(&request.name)?;
        let host = Address::parse(&request.address)?.shown();
        let secret = match (request.kind, &request.secret) {
            (TargetKind::Teams, _) => None,
            (TargetKind::Webhook, Some(text)) if !text.is_empty() => Some(SigningSecret::parse(text)?),
            (TargetKind::Webhook, _) => Some(SigningSecret::of_bytes(&self.random()?)),
        };
        let made = request.secret.as_ref().is_none_or(Secret::is_empty);
        let known = self.database().read(events::wishes)?;
        let target_id = match find(&known, &name) {
            Some(target) => target.target_id.clone(),
            None => datashare_domain::EventId::from_random(self.random()?).to_string(),
        };
        self.vault().set(&address_name(&target_id), &Secret::new(request.address.reveal().trim())).await?;
        match &secret {
            Some(secret) => self.vault().set(&signing_name(&target_id), &secret.text()).await?,
            None => self.vault().delete(&signing_name(&target_id)).await?,
        }
        let target = NotificationTarget { target_id, name, kind: request.kind, host };
        let saved = target.clone();
        self.change_wishes(|wishes| {
            wishes.targets.retain(|known| known.target_id != target.target_id);
            if wishes.targets.len() >= MOST_TARGETS {
                return Err(AppError::invalid(format!("There are {MOST_TARGETS} targets already."))
                    .hint("Remove one that is no longer used."));
            }
            wishes.targets.push(target);
            wishes.targets.sort_by_key(|target| target.name.to_lowercase());
            Ok(())
        })?;
        Ok(NotificationTargetSaved {
            target: saved,
            signing_secret: secret.filter(|_| made).map(|secret| secret.text().reveal().to_owned()),
        })
    }

    /// Forgets a target with its address, and what still waits for it.
    pub async fn notification_target_remove(
        &self,
        request: NotificationTargetName,
    ) -> Result<NotificationStatus> {
        let target = self.notification_target(&request.target)?;
        self.database().write(|transaction| {
            let mut wishes = events::wishes(transaction)?;
            wishes.targets.retain(|known| known.target_id != target.target_id);
            events::set_wishes(transaction, &wishes)?;
            events::forget_target(transaction, &target.target_id)
        })?;
        self.vault().delete(&address_name(&target.target_id)).await?;
        self.vault().delete(&signing_name(&target.target_id)).await?;
        self.changed(&[Tag::Workspace]);
        self.notification_show(Nothing {}).await
    }

    /// What was given up, the newest first.
    pub async fn notification_dead(&self, _request: Nothing) -> Result<Vec<DeadLetter>> {
        let (wishes, dead) = self
            .database()
            .read(|connection| Ok((events::wishes(connection)?, events::dead(connection)?)))?;
        let letter = |delivery: events::Delivery| DeadLetter {
            target: name_of_target(&wishes, &delivery.target),
            event: delivery.event,
            tries: delivery.tries,
            problem: delivery.problem.unwrap_or_default(),
        };
        Ok(dead.into_iter().map(letter).collect())
    }

    /// Sends what was given up once more; the process that does the work in the background does it.
    pub async fn notification_resend(&self, request: NotificationResend) -> Result<NotificationResent> {
        let now = self.now();
        let deliveries = self
            .database()
            .write(|transaction| events::resend(transaction, request.event_id.as_deref(), now))?;
        self.changed(&[Tag::Workspace]);
        Ok(NotificationResent { deliveries })
    }

    fn change_wishes(&self, change: impl FnOnce(&mut Wishes) -> Result<()>) -> Result<()> {
        self.database().write(|transaction| {
            let mut wishes = events::wishes(transaction)?;
            change(&mut wishes)?;
            events::set_wishes(transaction, &wishes)
        })?;
        self.changed(&[Tag::Workspace]);
        Ok(())
    }

    fn notification_target(&self, name_or_id: &str) -> Result<NotificationTarget> {
        let wishes = self.database().read(events::wishes)?;
        find(&wishes, name_or_id).cloned().ok_or_else(|| {
            AppError::not_found(format!("There is no target '{name_or_id}' for notifications."))
                .hint("List the notifications to see the names of the targets.")
        })
    }
}

fn find<'a>(wishes: &'a Wishes, name_or_id: &str) -> Option<&'a NotificationTarget> {
    let targets = wishes.targets.iter();
    targets
        .clone()
        .find(|target| target.target_id == name_or_id || target.name.eq_ignore_ascii_case(name_or_id))
}

/// How a delivery's target is called.
fn name_of_target(wishes: &Wishes, target: &str) -> String {
    find(wishes, target).map_or_else(|| target.to_owned(), |target| target.name.clone())
}

/// The names of the channels themselves are taken.
fn name_of(text: &str) -> Result<String> {
    let name = text.trim();
    let taken = [EMAIL, events::DESKTOP].iter().any(|taken| name.eq_ignore_ascii_case(taken));
    if name.is_empty() || name.chars().count() > LONGEST_NAME || name.chars().any(char::is_control) || taken {
        let message = format!("'{name}' cannot be the name of a target for notifications.");
        return Err(AppError::invalid(message)
            .hint(format!("Choose a name of one line and at most {LONGEST_NAME} characters.")));
    }
    Ok(name.to_owned())
}

impl From<NotifyError> for AppError {
    fn from(error: NotifyError) -> Self {
        use datashare_notify::Problem;
        let code = match error.problem {
            Problem::Address | Problem::Secret => Code::InvalidRequest,
            Problem::Unreachable | Problem::Refused => Code::NotTold,
        };
        let hint = match error.problem {
            Problem::Address => "Copy the whole address from the receiver.",
            Problem::Secret => "Copy the whole secret from the receiver, or leave it out: then one is made.",
            Problem::Unreachable => "Check the network connection, and whether the receiver is at work.",
            Problem::Refused => "Check at the receiver whether the address is still valid.",
        };
        let mut told = Self::new(code, error.message.clone()).hint(hint);
        told.retry = error.retry;
        told.because(error)
    }
}
