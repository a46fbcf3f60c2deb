//! The command table: every use case with its request and its answer, once. The window's commands, the TypeScript
//! client and the capability list are made from it; the command line calls the same methods of [`crate::App`].

/// Calls `$callback!` with the whole table: `name(Request) -> Answer` lines, grouped as reads and changes.
#[macro_export]
macro_rules! command_table {
    ($callback:path) => {
        $callback! {
            reads {
                workspace_status(Nothing) -> WorkspaceStatus;
                policy_show(Nothing) -> WorkspacePolicy;
                mail_show(Nothing) -> MailStatus;
                connection_list(Nothing) -> Vec<Connection>;
                connection_test(ConnectionName) -> ConnectionCheck;
                connection_try(ConnectionAdd) -> ConnectionCheck;
                connection_browse(ConnectionBrowse) -> BrowseLevel;
                connection_preview(ConnectionPreview) -> FilePreview;
                share_list(Nothing) -> Vec<ShareSummary>;
                share_show(ShareName) -> ShareDetails;
                share_history(HistoryRequest) -> Vec<Snapshot>;
                schedule_show(ShareName) -> ShareSchedule;
                schedule_preview(ScheduleWish) -> ScheduleView;
                invitation_list(ShareName) -> Vec<Invitation>;
                invitation_link(InvitationId) -> InvitationLink;
                recipient_list(ShareName) -> Vec<Recipient>;
                recipient_find(Find) -> Vec<FoundRecipient>;
                invitation_show(InvitationSource) -> InvitationPreview;
                received_list(Nothing) -> Vec<ReceivedSummary>;
                received_show(ReceivedName) -> ReceivedDetails;
                trigger_show(ReceivedName) -> Trigger;
                mapping_preview(MappingSet) -> Vec<MappingPreview>;
                snapshot_plan(SnapshotStart) -> SnapshotPlan;
                snapshot_list(ReceivedName) -> Vec<Snapshot>;
                snapshot_show(SnapshotId) -> Snapshot;
                activity(Nothing) -> Vec<Snapshot>;
                activity_find(Find) -> Vec<Snapshot>;
                audit_log(AuditRequest) -> AuditLog;
                audit_verify(AuditRequest) -> AuditReport;
                audit_check(Nothing) -> AuditCheck;
                grant_list(ShareName) -> Vec<IssuedToken>;
                receipt_verify(ReceiptText) -> ReceiptFacts;
                approval_list(Nothing) -> Vec<Approval>;
                approval_read(ApprovalText) -> Approval;
                terms_compare(TermsCompare) -> TermsDifference;
                agent_status(Nothing) -> AgentStatus;
                notification_show(Nothing) -> NotificationStatus;
                notification_dead(Nothing) -> Vec<DeadLetter>;
            }
            changes {
                workspace_initialise(WorkspaceInitialise) -> WorkspaceStatus;
                vault_choose(VaultChoose) -> WorkspaceStatus;
                vault_change_passphrase(VaultPassphrase) -> WorkspaceStatus;
                workspace_export(WorkspaceExport) -> WorkspaceExported;
                workspace_import(WorkspaceImport) -> WorkspaceStatus;
                policy_set(WorkspacePolicy) -> WorkspacePolicy;
                mail_set(MailSet) -> MailStatus;
                mail_clear(Nothing) -> MailStatus;
                mail_test(Nothing) -> MailCheck;
                notification_rules_set(NotificationRulesSet) -> NotificationStatus;
                notification_target_set(NotificationTargetSet) -> NotificationTargetSaved;
                notification_target_remove(NotificationTargetName) -> NotificationStatus;
                notification_test(NotificationTest) -> NotificationCheck;
                notification_resend(NotificationResend) -> NotificationResent;
                connection_add(ConnectionAdd) -> Connection;
                connection_remove(ConnectionName) -> Nothing;
                share_create(ShareCreate) -> ShareDetails;
                share_update(ShareUpdate) -> ShareDetails;
                share_delete(ShareName) -> ShareDeleted;
                dataset_add(DatasetAdd) -> Dataset;
                dataset_remove(DatasetRemove) -> Nothing;
                publish(Publish) -> PublishResult;
                schedule_set(ScheduleSet) -> ShareSchedule;
                schedule_clear(ShareName) -> ShareSchedule;
                publication_answer(PublicationAnswer) -> Recipient;
                invite(Invite) -> Vec<InvitationLink>;
                approval_ask(ApprovalAsk) -> Approval;
                approval_answer(ApprovalAnswerText) -> ApprovalDocument;
                approval_use(ApprovalText) -> ApprovalImported;
                invitation_save(InvitationSave) -> InvitationLink;
                invitation_send(InvitationSend) -> Vec<InvitationSent>;
                invitation_withdraw(InvitationId) -> Invitation;
                recipient_approve(RecipientName) -> Recipient;
                recipient_decline(RecipientName) -> Recipient;
                recipient_revoke(RecipientName) -> Recipient;
                recipient_reinstate(RecipientName) -> Recipient;
                recipient_set_expiry(RecipientExpiry) -> Recipient;
                invitation_accept(InvitationAccept) -> InvitationAccepted;
                invitation_reject(InvitationSource) -> InvitationRejected;
                received_refresh(ReceivedName) -> ReceivedDetails;
                received_agree_terms(AgreeTerms) -> ReceivedDetails;
                received_leave(ReceivedName) -> Nothing;
                trigger_enable(TriggerEnable) -> Trigger;
                trigger_disable(ReceivedName) -> Trigger;
                publication_ask(ReceivedName) -> ReceivedDetails;
                mapping_set(MappingSet) -> Vec<Mapping>;
                mapping_clear(MappingClear) -> Vec<Mapping>;
                snapshot_start(SnapshotStart) -> Snapshot;
                snapshot_retry(SnapshotId) -> Snapshot;
                snapshot_cancel(SnapshotId) -> Snapshot;
                snapshot_pause(SnapshotId) -> Snapshot;
                snapshot_resume(SnapshotId) -> Snapshot;
                snapshot_limit(SnapshotLimit) -> Snapshot;
                audit_export(Export) -> Exported;
                grant_export(Export) -> Exported;
                receipt_save(ReceiptSave) -> ReceiptFacts;
                agent_round(Nothing) -> AgentRound;
                demo_create(Nothing) -> Demo;
                demo_remove(Nothing) -> WorkspaceStatus;
            }
        }
    };
}
