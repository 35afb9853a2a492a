package org.espalier.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.util.ArrayList;
import java.util.List;
import org.espalier.server.AdmissionQueue.Ticket;
import org.junit.jupiter.api.Test;

class AdmissionQueueTest {
    private final AdmissionQueue queue = new AdmissionQueue(16, 2);

    private static boolean isIn(Ticket ticket) throws InterruptedException {
        return ticket.await(0);
    }

    @Test
    void whoComesFirstIsLetInFirst() throws Exception {
        Ticket first = queue.enter("a", 8);
        Ticket second = queue.enter("a", 8);
        Ticket third = queue.enter("a", 8);
        Ticket fourth = queue.enter("a", 8);
        assertThat(isIn(first) && isIn(second)).isTrue();
        assertThat(isIn(third) || isIn(fourth)).isFalse();
        second.close();
        assertThat(isIn(third)).isTrue();
        assertThat(isIn(fourth)).isFalse();
        assertThat(queue.admitted()).isEqualTo(2);
        assertThat(queue.waiting()).isEqualTo(1);
    }

    @Test
    void whoAsksForMuchDoesNotKeepOthersWaiting() throws Exception {
        AdmissionQueue fair = new AdmissionQueue(16, 8);
        Ticket first = fair.enter("greedy", 8);
        Ticket second = fair.enter("greedy", 8);
        Ticket third = fair.enter("greedy", 8);
        Ticket other = fair.enter("modest", 8);
        Ticket another = fair.enter("modest", 8);
        first.close();
        assertThat(isIn(other)).isTrue();
        assertThat(isIn(third) || isIn(another)).isFalse();
        second.close();
        assertThat(isIn(third)).as("modest has 8 inside, greedy none").isTrue();
        other.close();
        assertThat(isIn(another)).isTrue();
    }

    @Test
    void theUsersOfAClientShareItFairly() throws Exception {
        AdmissionQueue fair = new AdmissionQueue(16, 8);
        Ticket first = fair.enter("gateway", "ann", "", 8);
        Ticket second = fair.enter("gateway", "ann", "", 8);
        Ticket third = fair.enter("gateway", "ann", "", 8);
        Ticket other = fair.enter("gateway", "bob", "", 8);
        first.close();
        assertThat(isIn(other)).isTrue();
        assertThat(isIn(third)).isFalse();
        second.close();
        assertThat(isIn(third)).isTrue();
    }

    @Test
    void whoFindsTheQueueFullIsTurnedAway() {
        for (int i = 0; i < 4; i++) {
            queue.enter("a", 8);
        }
        assertThatExceptionOfType(ApiException.class)
                .isThrownBy(() -> queue.enter("a", 8))
                .satisfies(e -> assertThat(e.status()).isEqualTo(429));
    }

    @Test
    void whoLeavesTheQueueMakesRoomInIt() throws Exception {
        Ticket first = queue.enter("a", 8);
        queue.enter("a", 8);
        Ticket gone = queue.enter("a", 8);
        Ticket last = queue.enter("a", 8);
        gone.close();
        queue.enter("a", 8);
        first.close();
        assertThat(isIn(gone)).isFalse();
        assertThat(isIn(last)).isTrue();
    }

    @Test
    void leavingTwiceMakesRoomForOne() throws Exception {
        Ticket first = queue.enter("a", 8);
        queue.enter("a", 8);
        queue.enter("a", 8);
        Ticket fourth = queue.enter("a", 8);
        first.close();
        first.close();
        assertThat(isIn(fourth)).isFalse();
        assertThat(queue.admitted()).isEqualTo(2);
    }

    @Test
    void smallOnesGoTogetherAndALargeOneGoesAlone() throws Exception {
        List<Ticket> small = new ArrayList<>();
        for (int i = 0; i < 16; i++) {
            small.add(queue.enter("a", 1));
            assertThat(isIn(small.get(i))).isTrue();
        }
        Ticket large = queue.enter("a", 64);
        small.get(0).close();
        Ticket late = queue.enter("a", 1);
        assertThat(isIn(late)).as("nobody overtakes").isFalse();
        small.forEach(Ticket::close);
        assertThat(isIn(large)).isTrue();
        assertThat(isIn(late)).isFalse();
        large.close();
        assertThat(isIn(late)).isTrue();
    }

    @Test
    void whoGivesUpLetsThoseBehindPass() throws Exception {
        queue.enter("a", 8);
        Ticket large = queue.enter("a", 16);
        Ticket behind = queue.enter("a", 8);
        large.close();
        assertThat(isIn(behind)).isTrue();
    }

    @Test
    void searchesWithAnotherModelWaitForTheirTurnAndThenRunTogether() throws Exception {
        AdmissionQueue several = new AdmissionQueue(16, 8);
        Ticket first = several.enter("a", "", "small", 4);
        Ticket other = several.enter("b", "", "large", 4);
        Ticket later = several.enter("c", "", "small", 4);
        Ticket another = several.enter("d", "", "large", 4);
        assertThat(isIn(first)).isTrue();
        assertThat(isIn(other) || isIn(later) || isIn(another))
                .as("nothing overtakes the next")
                .isFalse();
        first.close();
        assertThat(isIn(other) && isIn(another))
                .as("those that waited when the turn began")
                .isTrue();
        assertThat(isIn(later)).isFalse();
        Ticket newcomer = several.enter("e", "", "large", 4);
        other.close();
        assertThat(isIn(newcomer))
                .as("a turn is not prolonged by who comes later")
                .isFalse();
        another.close();
        assertThat(isIn(later)).isTrue();
        assertThat(isIn(newcomer)).isFalse();
        later.close();
        assertThat(isIn(newcomer)).isTrue();
    }

    @Test
    void eachModelHasItsOwnRoom() throws Exception {
        AdmissionQueue several = new AdmissionQueue(16, 8);
        several.resize("large", 4);
        Ticket first = several.enter("a", "", "large", 4);
        Ticket second = several.enter("a", "", "large", 4);
        assertThat(isIn(first)).isTrue();
        assertThat(isIn(second)).isFalse();
        first.close();
        second.close();
        Ticket third = several.enter("a", "", "small", 8);
        Ticket fourth = several.enter("a", "", "small", 8);
        assertThat(isIn(third) && isIn(fourth)).isTrue();
    }
}
