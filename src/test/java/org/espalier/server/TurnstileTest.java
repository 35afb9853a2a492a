package org.espalier.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.util.ArrayList;
import java.util.List;
import org.espalier.server.Turnstile.Place;
import org.junit.jupiter.api.Test;

class TurnstileTest {
    private final Turnstile turnstile = new Turnstile(16, 2);

    private static boolean isIn(Place place) throws InterruptedException {
        return place.await(0);
    }

    @Test
    void whoComesFirstIsLetInFirst() throws Exception {
        Place first = turnstile.enter("a", 8);
        Place second = turnstile.enter("a", 8);
        Place third = turnstile.enter("a", 8);
        Place fourth = turnstile.enter("a", 8);
        assertThat(isIn(first) && isIn(second)).isTrue();
        assertThat(isIn(third) || isIn(fourth)).isFalse();
        second.close();
        assertThat(isIn(third)).isTrue();
        assertThat(isIn(fourth)).isFalse();
        assertThat(turnstile.inside()).isEqualTo(2);
        assertThat(turnstile.waiting()).isEqualTo(1);
    }

    @Test
    void whoAsksForMuchDoesNotKeepOthersWaiting() throws Exception {
        Turnstile fair = new Turnstile(16, 8);
        Place first = fair.enter("greedy", 8);
        Place second = fair.enter("greedy", 8);
        Place third = fair.enter("greedy", 8);
        Place other = fair.enter("modest", 8);
        Place another = fair.enter("modest", 8);
        first.close();
        assertThat(isIn(other)).isTrue();
        assertThat(isIn(third) || isIn(another)).isFalse();
        second.close();
        assertThat(isIn(third)).as("modest has 8 inside, greedy none").isTrue();
        other.close();
        assertThat(isIn(another)).isTrue();
    }

    @Test
    void whoFindsTheQueueFullIsTurnedAway() {
        for (int i = 0; i < 4; i++) {
            turnstile.enter("a", 8);
        }
        assertThatExceptionOfType(ApiException.class)
                .isThrownBy(() -> turnstile.enter("a", 8))
                .satisfies(e -> assertThat(e.status()).isEqualTo(429));
    }

    @Test
    void whoLeavesTheQueueMakesRoomInIt() throws Exception {
        Place first = turnstile.enter("a", 8);
        turnstile.enter("a", 8);
        Place gone = turnstile.enter("a", 8);
        Place last = turnstile.enter("a", 8);
        gone.close();
        turnstile.enter("a", 8);
        first.close();
        assertThat(isIn(gone)).isFalse();
        assertThat(isIn(last)).isTrue();
    }

    @Test
    void leavingTwiceMakesRoomForOne() throws Exception {
        Place first = turnstile.enter("a", 8);
        turnstile.enter("a", 8);
        turnstile.enter("a", 8);
        Place fourth = turnstile.enter("a", 8);
        first.close();
        first.close();
        assertThat(isIn(fourth)).isFalse();
        assertThat(turnstile.inside()).isEqualTo(2);
    }

    @Test
    void smallOnesGoTogetherAndALargeOneGoesAlone() throws Exception {
        List<Place> small = new ArrayList<>();
        for (int i = 0; i < 16; i++) {
            small.add(turnstile.enter("a", 1));
            assertThat(isIn(small.get(i))).isTrue();
        }
        Place large = turnstile.enter("a", 64);
        small.get(0).close();
        Place late = turnstile.enter("a", 1);
        assertThat(isIn(late)).as("nobody overtakes").isFalse();
        small.forEach(Place::close);
        assertThat(isIn(large)).isTrue();
        assertThat(isIn(late)).isFalse();
        large.close();
        assertThat(isIn(late)).isTrue();
    }

    @Test
    void whoGivesUpLetsThoseBehindPass() throws Exception {
        turnstile.enter("a", 8);
        Place large = turnstile.enter("a", 16);
        Place behind = turnstile.enter("a", 8);
        large.close();
        assertThat(isIn(behind)).isTrue();
    }
}
